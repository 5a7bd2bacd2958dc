-- sum(stage_share(area, junior))
-- why: the split of stages is part of the query
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(CASE WHEN NOT "part 5" IS NULL THEN NULLIF(ABS("part 4"), 0) END) AS "s1",
  SUM(
    (
      (
        CAST(CAST(FLOOR(
          (
            (
              (
                CAST("part 5" AS DOUBLE PRECISION) / (
                  CAST(NULLIF(ABS("part 4"), 0) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
                )
              ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
            ) / CAST(1099511627776 AS DOUBLE PRECISION)
          )
        ) AS BIGINT) AS DECIMAL) * 1099511627776
      ) + CAST(CAST(FLOOR(
        (
          (
            (
              CAST("part 5" AS DOUBLE PRECISION) / (
                CAST(NULLIF(ABS("part 4"), 0) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
              )
            ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
          ) - (
            CAST(CAST(FLOOR(
              (
                (
                  (
                    CAST("part 5" AS DOUBLE PRECISION) / (
                      CAST(NULLIF(ABS("part 4"), 0) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
                    )
                  ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
                ) / CAST(1099511627776 AS DOUBLE PRECISION)
              )
            ) AS BIGINT) AS DOUBLE PRECISION) * CAST(1099511627776 AS DOUBLE PRECISION)
          )
        )
      ) AS BIGINT) AS DECIMAL)
    )
  ) AS "s2"
FROM (
  SELECT
    *,
    (
      "area" * (
        CASE
          WHEN (
            "part 0" = '211'
          )
          THEN 0
          WHEN (
            "part 0" = '312'
          )
          THEN (
            "junior" * 110
          )
          WHEN (
            "part 0" = '345'
          )
          THEN (
            "junior" * 110
          )
          WHEN "part 1"
          THEN 0
          WHEN (
            NOT (
              "junior" * 110
            ) IS NULL
            AND (
              "primary" * 100
            ) IS NULL
            AND (
              "senior" * 132
            ) IS NULL
          )
          THEN 1
          WHEN "part 2"
          THEN 0
          ELSE COALESCE((
            "junior" * 110
          ), 0)
        END * CASE WHEN "part 4" < 0 THEN (
          -1
        ) ELSE 1 END
      )
    ) AS "part 5"
  FROM (
    SELECT
      *,
      CASE
        WHEN (
          "part 0" = '211'
        )
        THEN 1
        WHEN (
          "part 0" = '312'
        )
        THEN "part 3"
        WHEN (
          "part 0" = '345'
        )
        THEN (
          "part 3" + (
            "senior" * 132
          )
        )
        WHEN "part 1"
        THEN 1
        WHEN (
          NOT (
            "junior" * 110
          ) IS NULL
          AND (
            "primary" * 100
          ) IS NULL
          AND (
            "senior" * 132
          ) IS NULL
        )
        THEN 1
        WHEN "part 2"
        THEN 1
        ELSE (
          (
            COALESCE((
              "primary" * 100
            ), 0) + COALESCE((
              "junior" * 110
            ), 0)
          ) + COALESCE((
            "senior" * 132
          ), 0)
        )
      END AS "part 4"
    FROM (
      SELECT
        *,
        LEFT("school_kind", 3) AS "part 0",
        (
          NOT (
            "primary" * 100
          ) IS NULL
          AND (
            "junior" * 110
          ) IS NULL
          AND (
            "senior" * 132
          ) IS NULL
        ) AS "part 1",
        (
          NOT (
            "senior" * 132
          ) IS NULL
          AND (
            "primary" * 100
          ) IS NULL
          AND (
            "junior" * 110
          ) IS NULL
        ) AS "part 2",
        (
          (
            "primary" * 100
          ) + (
            "junior" * 110
          )
        ) AS "part 3"
      FROM "rows_school"
      OFFSET 0
    ) AS "layer_0"
    OFFSET 0
  ) AS "layer_1"
  OFFSET 0
) AS "layer_2"
GROUP BY
  "year",
  "district";

SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(CASE WHEN NOT "part 9" IS NULL THEN NULLIF(ABS("part 8"), 0) END) AS "s1",
  SUM(
    (
      (
        CAST(CAST(FLOOR(
          (
            (
              (
                CAST("part 9" AS DOUBLE PRECISION) / (
                  CAST(NULLIF(ABS("part 8"), 0) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
                )
              ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
            ) / CAST(1099511627776 AS DOUBLE PRECISION)
          )
        ) AS BIGINT) AS DECIMAL) * 1099511627776
      ) + CAST(CAST(FLOOR(
        (
          (
            (
              CAST("part 9" AS DOUBLE PRECISION) / (
                CAST(NULLIF(ABS("part 8"), 0) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
              )
            ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
          ) - (
            CAST(CAST(FLOOR(
              (
                (
                  (
                    CAST("part 9" AS DOUBLE PRECISION) / (
                      CAST(NULLIF(ABS("part 8"), 0) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
                    )
                  ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
                ) / CAST(1099511627776 AS DOUBLE PRECISION)
              )
            ) AS BIGINT) AS DOUBLE PRECISION) * CAST(1099511627776 AS DOUBLE PRECISION)
          )
        )
      ) AS BIGINT) AS DECIMAL)
    )
  ) AS "s2"
FROM (
  SELECT
    *,
    (
      CAST("area" AS DECIMAL) * (
        CASE
          WHEN (
            "part 0" = '211'
          )
          THEN 0
          WHEN (
            "part 0" = '312'
          )
          THEN (
            CAST("junior" AS DECIMAL) * 110
          )
          WHEN (
            "part 0" = '345'
          )
          THEN (
            CAST("junior" AS DECIMAL) * 110
          )
          WHEN "part 4"
          THEN 0
          WHEN (
            NOT "part 2" AND "part 1" AND "part 3"
          )
          THEN 1
          WHEN "part 5"
          THEN 0
          ELSE "part 6"
        END * CASE WHEN "part 8" < 0 THEN (
          -1
        ) ELSE 1 END
      )
    ) AS "part 9"
  FROM (
    SELECT
      *,
      CASE
        WHEN (
          "part 0" = '211'
        )
        THEN 1
        WHEN (
          "part 0" = '312'
        )
        THEN "part 7"
        WHEN (
          "part 0" = '345'
        )
        THEN (
          "part 7" + (
            CAST("senior" AS DECIMAL) * 132
          )
        )
        WHEN "part 4"
        THEN 1
        WHEN (
          NOT "part 2" AND "part 1" AND "part 3"
        )
        THEN 1
        WHEN "part 5"
        THEN 1
        ELSE (
          (
            COALESCE((
              CAST("primary" AS DECIMAL) * 100
            ), 0) + "part 6"
          ) + COALESCE((
            CAST("senior" AS DECIMAL) * 132
          ), 0)
        )
      END AS "part 8"
    FROM (
      SELECT
        *,
        (
          NOT "part 1" AND "part 2" AND "part 3"
        ) AS "part 4",
        (
          NOT "part 3" AND "part 1" AND "part 2"
        ) AS "part 5"
      FROM (
        SELECT
          *,
          LEFT("school_kind", 3) AS "part 0",
          (
            CAST("primary" AS DECIMAL) * 100
          ) IS NULL AS "part 1",
          (
            CAST("junior" AS DECIMAL) * 110
          ) IS NULL AS "part 2",
          (
            CAST("senior" AS DECIMAL) * 132
          ) IS NULL AS "part 3",
          COALESCE((
            CAST("junior" AS DECIMAL) * 110
          ), 0) AS "part 6",
          (
            (
              CAST("primary" AS DECIMAL) * 100
            ) + (
              CAST("junior" AS DECIMAL) * 110
            )
          ) AS "part 7"
        FROM "rows_school"
        OFFSET 0
      ) AS "layer_0"
      OFFSET 0
    ) AS "layer_1"
    OFFSET 0
  ) AS "layer_2"
  OFFSET 0
) AS "layer_3"
GROUP BY
  "year",
  "district";

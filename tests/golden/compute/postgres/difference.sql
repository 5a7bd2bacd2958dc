-- difference_coefficient(area, b)
-- why: R²/P in billionths of 128 bit; schools without pupils left out
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(CASE WHEN COALESCE((
    "b" > 0
  ), TRUE) THEN 1 END) AS "s1",
  COUNT("part 0") AS "s2",
  SUM(
    CASE
      WHEN "part 1"
      THEN (
        (
          CAST(CAST(FLOOR(
            (
              (
                (
                  (
                    CAST("area" AS DOUBLE PRECISION) * CAST("area" AS DOUBLE PRECISION)
                  ) / CAST("b" AS DOUBLE PRECISION)
                ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
              ) / CAST(1099511627776 AS DOUBLE PRECISION)
            )
          ) AS BIGINT) AS DECIMAL) * 1099511627776
        ) + CAST(CAST(FLOOR(
          (
            (
              (
                (
                  CAST("area" AS DOUBLE PRECISION) * CAST("area" AS DOUBLE PRECISION)
                ) / CAST("b" AS DOUBLE PRECISION)
              ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
            ) - (
              CAST(CAST(FLOOR(
                (
                  (
                    (
                      (
                        CAST("area" AS DOUBLE PRECISION) * CAST("area" AS DOUBLE PRECISION)
                      ) / CAST("b" AS DOUBLE PRECISION)
                    ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
                  ) / CAST(1099511627776 AS DOUBLE PRECISION)
                )
              ) AS BIGINT) AS DOUBLE PRECISION) * CAST(1099511627776 AS DOUBLE PRECISION)
            )
          )
        ) AS BIGINT) AS DECIMAL)
      )
    END
  ) AS "s3",
  SUM(CASE WHEN "part 1" THEN "area" END) AS "s4",
  SUM("part 0") AS "s5"
FROM (
  SELECT
    *,
    CASE WHEN (
      "b" > 0
    ) AND NOT "area" IS NULL THEN "b" END AS "part 0",
    (
      "b" > 0
    ) AND NOT "b" IS NULL AS "part 1"
  FROM "rows_school"
  OFFSET 0
) AS "layer_0"
GROUP BY
  "year",
  "district";

SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(CASE WHEN COALESCE((
    CAST("b" AS DECIMAL) > 0
  ), TRUE) THEN 1 END) AS "s1",
  COUNT("part 0") AS "s2",
  SUM(
    CASE
      WHEN "part 1"
      THEN (
        (
          CAST(CAST(FLOOR(
            (
              (
                (
                  (
                    CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) * CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION)
                  ) / CAST(CAST("b" AS DECIMAL) AS DOUBLE PRECISION)
                ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
              ) / CAST(1099511627776 AS DOUBLE PRECISION)
            )
          ) AS BIGINT) AS DECIMAL) * 1099511627776
        ) + CAST(CAST(FLOOR(
          (
            (
              (
                (
                  CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) * CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION)
                ) / CAST(CAST("b" AS DECIMAL) AS DOUBLE PRECISION)
              ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
            ) - (
              CAST(CAST(FLOOR(
                (
                  (
                    (
                      (
                        CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) * CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION)
                      ) / CAST(CAST("b" AS DECIMAL) AS DOUBLE PRECISION)
                    ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
                  ) / CAST(1099511627776 AS DOUBLE PRECISION)
                )
              ) AS BIGINT) AS DOUBLE PRECISION) * CAST(1099511627776 AS DOUBLE PRECISION)
            )
          )
        ) AS BIGINT) AS DECIMAL)
      )
    END
  ) AS "s3",
  SUM(CASE WHEN "part 1" THEN CAST("area" AS DECIMAL) END) AS "s4",
  SUM("part 0") AS "s5"
FROM (
  SELECT
    *,
    CASE
      WHEN (
        CAST("b" AS DECIMAL) > 0
      ) AND NOT CAST("area" AS DECIMAL) IS NULL
      THEN CAST("b" AS DECIMAL)
    END AS "part 0",
    (
      CAST("b" AS DECIMAL) > 0
    ) AND NOT CAST("b" AS DECIMAL) IS NULL AS "part 1"
  FROM "rows_school"
  OFFSET 0
) AS "layer_0"
GROUP BY
  "year",
  "district";

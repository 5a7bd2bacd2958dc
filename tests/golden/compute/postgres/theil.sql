-- theil(area weight b)
-- why: x ln x, with 0 for 0; negative values are counted apart
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT("part 0") AS "s1",
  SUM(
    CASE
      WHEN NOT "b" IS NULL
      THEN (
        (
          CAST(CAST(FLOOR(
            (
              (
                CASE
                  WHEN (
                    CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                  ) > CAST(0e0 AS DOUBLE PRECISION)
                  THEN (
                    CAST("b" AS DOUBLE PRECISION) * (
                      (
                        CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                      ) * LN((
                        CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                      ))
                    )
                  )
                  WHEN (
                    CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                  ) = CAST(0e0 AS DOUBLE PRECISION)
                  THEN CAST(0e0 AS DOUBLE PRECISION)
                END * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
              ) / CAST(1099511627776 AS DOUBLE PRECISION)
            )
          ) AS BIGINT) AS DECIMAL) * 1099511627776
        ) + CAST(CAST(FLOOR(
          (
            (
              CASE
                WHEN (
                  CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                ) > CAST(0e0 AS DOUBLE PRECISION)
                THEN (
                  CAST("b" AS DOUBLE PRECISION) * (
                    (
                      CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                    ) * LN((
                      CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                    ))
                  )
                )
                WHEN (
                  CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                ) = CAST(0e0 AS DOUBLE PRECISION)
                THEN CAST(0e0 AS DOUBLE PRECISION)
              END * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
            ) - (
              CAST(CAST(FLOOR(
                (
                  (
                    CASE
                      WHEN (
                        CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                      ) > CAST(0e0 AS DOUBLE PRECISION)
                      THEN (
                        CAST("b" AS DOUBLE PRECISION) * (
                          (
                            CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                          ) * LN((
                            CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                          ))
                        )
                      )
                      WHEN (
                        CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                      ) = CAST(0e0 AS DOUBLE PRECISION)
                      THEN CAST(0e0 AS DOUBLE PRECISION)
                    END * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
                  ) / CAST(1099511627776 AS DOUBLE PRECISION)
                )
              ) AS BIGINT) AS DOUBLE PRECISION) * CAST(1099511627776 AS DOUBLE PRECISION)
            )
          )
        ) AS BIGINT) AS DECIMAL)
      )
    END
  ) AS "s2",
  COUNT(
    CASE
      WHEN NOT "b" IS NULL
      AND (
        (
          CAST("area" AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
        ) < 0
        OR CAST("b" AS DOUBLE PRECISION) < 0
      )
      THEN 1
    END
  ) AS "s3",
  SUM(CASE WHEN NOT "area" IS NULL AND NOT "b" IS NULL THEN (
    "area" * "b"
  ) END) AS "s4",
  SUM("part 0") AS "s5"
FROM (
  SELECT
    *,
    CASE WHEN NOT "area" IS NULL THEN "b" END AS "part 0"
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
  COUNT(CASE WHEN "part 0" THEN CAST("b" AS DECIMAL) END) AS "s1",
  SUM(
    CASE
      WHEN "part 1"
      THEN (
        (
          CAST(CAST(FLOOR(
            (
              (
                CASE
                  WHEN (
                    CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                  ) > CAST(0e0 AS DOUBLE PRECISION)
                  THEN (
                    CAST(CAST("b" AS DECIMAL) AS DOUBLE PRECISION) * (
                      (
                        CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                      ) * LN(
                        (
                          CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                        )
                      )
                    )
                  )
                  WHEN (
                    CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                  ) = CAST(0e0 AS DOUBLE PRECISION)
                  THEN CAST(0e0 AS DOUBLE PRECISION)
                END * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
              ) / CAST(1099511627776 AS DOUBLE PRECISION)
            )
          ) AS BIGINT) AS DECIMAL) * 1099511627776
        ) + CAST(CAST(FLOOR(
          (
            (
              CASE
                WHEN (
                  CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                ) > CAST(0e0 AS DOUBLE PRECISION)
                THEN (
                  CAST(CAST("b" AS DECIMAL) AS DOUBLE PRECISION) * (
                    (
                      CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                    ) * LN(
                      (
                        CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                      )
                    )
                  )
                )
                WHEN (
                  CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                ) = CAST(0e0 AS DOUBLE PRECISION)
                THEN CAST(0e0 AS DOUBLE PRECISION)
              END * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
            ) - (
              CAST(CAST(FLOOR(
                (
                  (
                    CASE
                      WHEN (
                        CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                      ) > CAST(0e0 AS DOUBLE PRECISION)
                      THEN (
                        CAST(CAST("b" AS DECIMAL) AS DOUBLE PRECISION) * (
                          (
                            CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                          ) * LN(
                            (
                              CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                            )
                          )
                        )
                      )
                      WHEN (
                        CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
                      ) = CAST(0e0 AS DOUBLE PRECISION)
                      THEN CAST(0e0 AS DOUBLE PRECISION)
                    END * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
                  ) / CAST(1099511627776 AS DOUBLE PRECISION)
                )
              ) AS BIGINT) AS DOUBLE PRECISION) * CAST(1099511627776 AS DOUBLE PRECISION)
            )
          )
        ) AS BIGINT) AS DECIMAL)
      )
    END
  ) AS "s2",
  COUNT(
    CASE
      WHEN "part 1"
      AND (
        (
          CAST(CAST("area" AS DECIMAL) AS DOUBLE PRECISION) / CAST(1e2 AS DOUBLE PRECISION)
        ) < 0
        OR CAST(CAST("b" AS DECIMAL) AS DOUBLE PRECISION) < 0
      )
      THEN 1
    END
  ) AS "s3",
  SUM(
    CASE
      WHEN "part 0" AND "part 1"
      THEN (
        CAST("area" AS DECIMAL) * CAST("b" AS DECIMAL)
      )
    END
  ) AS "s4",
  SUM(CASE WHEN "part 0" THEN CAST("b" AS DECIMAL) END) AS "s5"
FROM (
  SELECT
    *,
    NOT CAST("area" AS DECIMAL) IS NULL AS "part 0",
    NOT CAST("b" AS DECIMAL) IS NULL AS "part 1"
  FROM "rows_school"
  OFFSET 0
) AS "layer_0"
GROUP BY
  "year",
  "district";

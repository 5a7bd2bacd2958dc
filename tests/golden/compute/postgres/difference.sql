-- difference_coefficient(area, b)
-- why: R²/P in billionths of 128 bit; schools without pupils left out
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(CASE WHEN COALESCE((
    "b" > 0
  ), TRUE) THEN 1 END) AS "s1",
  COUNT(CASE WHEN (
    "b" > 0
  ) AND NOT "area" IS NULL THEN "b" END) AS "s2",
  SUM(
    CASE
      WHEN (
        "b" > 0
      ) AND NOT "b" IS NULL
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
  SUM(CASE WHEN (
    "b" > 0
  ) AND NOT "b" IS NULL THEN "area" END) AS "s4",
  SUM(CASE WHEN (
    "b" > 0
  ) AND NOT "area" IS NULL THEN "b" END) AS "s5"
FROM "rows_school"
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
  COUNT(
    CASE
      WHEN (
        CAST("b" AS DECIMAL) > 0
      ) AND NOT CAST("area" AS DECIMAL) IS NULL
      THEN CAST("b" AS DECIMAL)
    END
  ) AS "s2",
  SUM(
    CASE
      WHEN (
        CAST("b" AS DECIMAL) > 0
      ) AND NOT CAST("b" AS DECIMAL) IS NULL
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
  SUM(
    CASE
      WHEN (
        CAST("b" AS DECIMAL) > 0
      ) AND NOT CAST("b" AS DECIMAL) IS NULL
      THEN CAST("area" AS DECIMAL)
    END
  ) AS "s4",
  SUM(
    CASE
      WHEN (
        CAST("b" AS DECIMAL) > 0
      ) AND NOT CAST("area" AS DECIMAL) IS NULL
      THEN CAST("b" AS DECIMAL)
    END
  ) AS "s5"
FROM "rows_school"
GROUP BY
  "year",
  "district";

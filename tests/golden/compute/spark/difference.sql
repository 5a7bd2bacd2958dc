-- difference_coefficient(area, b)
-- why: R²/P in billionths of 128 bit; schools without pupils left out
SELECT
  `year`,
  `district`,
  COUNT(*) AS `s0`,
  COUNT(CASE WHEN COALESCE((
    CAST(`b` AS DECIMAL(38, 0)) > 0
  ), TRUE) THEN 1 END) AS `s1`,
  COUNT(`part 0`) AS `s2`,
  SUM(
    CASE
      WHEN `part 1`
      THEN (
        (
          CAST(CAST(FLOOR(
            (
              (
                (
                  (
                    CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) * CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE)
                  ) / CAST(CAST(`b` AS DECIMAL(38, 0)) AS DOUBLE)
                ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
              ) / CAST(1099511627776 AS DOUBLE)
            )
          ) AS BIGINT) AS DECIMAL(38, 0)) * 1099511627776
        ) + CAST(CAST(FLOOR(
          (
            (
              (
                (
                  CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) * CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE)
                ) / CAST(CAST(`b` AS DECIMAL(38, 0)) AS DOUBLE)
              ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
            ) - (
              CAST(CAST(FLOOR(
                (
                  (
                    (
                      (
                        CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) * CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE)
                      ) / CAST(CAST(`b` AS DECIMAL(38, 0)) AS DOUBLE)
                    ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
                  ) / CAST(1099511627776 AS DOUBLE)
                )
              ) AS BIGINT) AS DOUBLE) * CAST(1099511627776 AS DOUBLE)
            )
          )
        ) AS BIGINT) AS DECIMAL(38, 0))
      )
    END
  ) AS `s3`,
  SUM(CASE WHEN `part 1` THEN CAST(`area` AS DECIMAL(38, 0)) END) AS `s4`,
  SUM(`part 0`) AS `s5`
FROM (
  SELECT
    *,
    CASE
      WHEN (
        CAST(`b` AS DECIMAL(38, 0)) > 0
      )
      AND NOT CAST(`area` AS DECIMAL(38, 0)) IS NULL
      THEN CAST(`b` AS DECIMAL(38, 0))
    END AS `part 0`,
    (
      CAST(`b` AS DECIMAL(38, 0)) > 0
    ) AND NOT CAST(`b` AS DECIMAL(38, 0)) IS NULL AS `part 1`
  FROM `rows_school`
) AS `layer_0`
GROUP BY
  `year`,
  `district`;

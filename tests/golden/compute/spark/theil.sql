-- theil(area weight b)
-- why: x ln x, with 0 for 0; negative values are counted apart
SELECT
  `year`,
  `district`,
  COUNT(*) AS `s0`,
  COUNT(CASE WHEN `part 0` THEN CAST(`b` AS DECIMAL(38, 0)) END) AS `s1`,
  SUM(
    CASE
      WHEN `part 1`
      THEN (
        (
          CAST(CAST(FLOOR(
            (
              (
                CASE
                  WHEN (
                    CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                  ) > CAST(0e0 AS DOUBLE)
                  THEN (
                    CAST(CAST(`b` AS DECIMAL(38, 0)) AS DOUBLE) * (
                      (
                        CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                      ) * LN((
                        CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                      ))
                    )
                  )
                  WHEN (
                    CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                  ) = CAST(0e0 AS DOUBLE)
                  THEN CAST(0e0 AS DOUBLE)
                END * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
              ) / CAST(1099511627776 AS DOUBLE)
            )
          ) AS BIGINT) AS DECIMAL(38, 0)) * 1099511627776
        ) + CAST(CAST(FLOOR(
          (
            (
              CASE
                WHEN (
                  CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                ) > CAST(0e0 AS DOUBLE)
                THEN (
                  CAST(CAST(`b` AS DECIMAL(38, 0)) AS DOUBLE) * (
                    (
                      CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                    ) * LN((
                      CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                    ))
                  )
                )
                WHEN (
                  CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                ) = CAST(0e0 AS DOUBLE)
                THEN CAST(0e0 AS DOUBLE)
              END * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
            ) - (
              CAST(CAST(FLOOR(
                (
                  (
                    CASE
                      WHEN (
                        CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                      ) > CAST(0e0 AS DOUBLE)
                      THEN (
                        CAST(CAST(`b` AS DECIMAL(38, 0)) AS DOUBLE) * (
                          (
                            CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                          ) * LN((
                            CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                          ))
                        )
                      )
                      WHEN (
                        CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
                      ) = CAST(0e0 AS DOUBLE)
                      THEN CAST(0e0 AS DOUBLE)
                    END * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
                  ) / CAST(1099511627776 AS DOUBLE)
                )
              ) AS BIGINT) AS DOUBLE) * CAST(1099511627776 AS DOUBLE)
            )
          )
        ) AS BIGINT) AS DECIMAL(38, 0))
      )
    END
  ) AS `s2`,
  COUNT(
    CASE
      WHEN `part 1`
      AND (
        (
          CAST(CAST(`area` AS DECIMAL(38, 0)) AS DOUBLE) / CAST(1e2 AS DOUBLE)
        ) < 0
        OR CAST(CAST(`b` AS DECIMAL(38, 0)) AS DOUBLE) < 0
      )
      THEN 1
    END
  ) AS `s3`,
  SUM(
    CASE
      WHEN `part 0` AND `part 1`
      THEN (
        CAST(`area` AS DECIMAL(38, 0)) * CAST(`b` AS DECIMAL(38, 0))
      )
    END
  ) AS `s4`,
  SUM(CASE WHEN `part 0` THEN CAST(`b` AS DECIMAL(38, 0)) END) AS `s5`
FROM (
  SELECT
    *,
    NOT CAST(`area` AS DECIMAL(38, 0)) IS NULL AS `part 0`,
    NOT CAST(`b` AS DECIMAL(38, 0)) IS NULL AS `part 1`
  FROM `rows_school`
) AS `layer_0`
GROUP BY
  `year`,
  `district`;

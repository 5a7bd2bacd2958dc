-- sum(stage_share(area, junior))
-- why: the split of stages is part of the query
SELECT
  `year`,
  `district`,
  COUNT(*) AS `s0`,
  COUNT(CASE WHEN NOT `part 9` IS NULL THEN NULLIF(ABS(`part 8`), 0) END) AS `s1`,
  SUM(
    (
      (
        CAST(CAST(FLOOR(
          (
            (
              (
                CAST(`part 9` AS DOUBLE) / (
                  CAST(NULLIF(ABS(`part 8`), 0) AS DOUBLE) * CAST(1e2 AS DOUBLE)
                )
              ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
            ) / CAST(1099511627776 AS DOUBLE)
          )
        ) AS BIGINT) AS DECIMAL(38, 0)) * 1099511627776
      ) + CAST(CAST(FLOOR(
        (
          (
            (
              CAST(`part 9` AS DOUBLE) / (
                CAST(NULLIF(ABS(`part 8`), 0) AS DOUBLE) * CAST(1e2 AS DOUBLE)
              )
            ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
          ) - (
            CAST(CAST(FLOOR(
              (
                (
                  (
                    CAST(`part 9` AS DOUBLE) / (
                      CAST(NULLIF(ABS(`part 8`), 0) AS DOUBLE) * CAST(1e2 AS DOUBLE)
                    )
                  ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
                ) / CAST(1099511627776 AS DOUBLE)
              )
            ) AS BIGINT) AS DOUBLE) * CAST(1099511627776 AS DOUBLE)
          )
        )
      ) AS BIGINT) AS DECIMAL(38, 0))
    )
  ) AS `s2`
FROM (
  SELECT
    *,
    (
      CAST(`area` AS DECIMAL(38, 0)) * (
        CASE
          WHEN (
            `part 0` = '211'
          )
          THEN 0
          WHEN (
            `part 0` = '312'
          )
          THEN (
            CAST(`junior` AS DECIMAL(38, 0)) * 110
          )
          WHEN (
            `part 0` = '345'
          )
          THEN (
            CAST(`junior` AS DECIMAL(38, 0)) * 110
          )
          WHEN `part 4`
          THEN 0
          WHEN (
            NOT `part 2` AND `part 1` AND `part 3`
          )
          THEN 1
          WHEN `part 5`
          THEN 0
          ELSE `part 6`
        END * CASE WHEN `part 8` < 0 THEN (
          -1
        ) ELSE 1 END
      )
    ) AS `part 9`
  FROM (
    SELECT
      *,
      CASE
        WHEN (
          `part 0` = '211'
        )
        THEN 1
        WHEN (
          `part 0` = '312'
        )
        THEN `part 7`
        WHEN (
          `part 0` = '345'
        )
        THEN (
          `part 7` + (
            CAST(`senior` AS DECIMAL(38, 0)) * 132
          )
        )
        WHEN `part 4`
        THEN 1
        WHEN (
          NOT `part 2` AND `part 1` AND `part 3`
        )
        THEN 1
        WHEN `part 5`
        THEN 1
        ELSE (
          (
            COALESCE((
              CAST(`primary` AS DECIMAL(38, 0)) * 100
            ), 0) + `part 6`
          ) + COALESCE((
            CAST(`senior` AS DECIMAL(38, 0)) * 132
          ), 0)
        )
      END AS `part 8`
    FROM (
      SELECT
        *,
        (
          NOT `part 1` AND `part 2` AND `part 3`
        ) AS `part 4`,
        (
          NOT `part 3` AND `part 1` AND `part 2`
        ) AS `part 5`
      FROM (
        SELECT
          *,
          LEFT(`school_kind`, 3) AS `part 0`,
          (
            CAST(`primary` AS DECIMAL(38, 0)) * 100
          ) IS NULL AS `part 1`,
          (
            CAST(`junior` AS DECIMAL(38, 0)) * 110
          ) IS NULL AS `part 2`,
          (
            CAST(`senior` AS DECIMAL(38, 0)) * 132
          ) IS NULL AS `part 3`,
          COALESCE((
            CAST(`junior` AS DECIMAL(38, 0)) * 110
          ), 0) AS `part 6`,
          (
            (
              CAST(`primary` AS DECIMAL(38, 0)) * 100
            ) + (
              CAST(`junior` AS DECIMAL(38, 0)) * 110
            )
          ) AS `part 7`
        FROM `rows_school`
      ) AS `layer_0`
    ) AS `layer_1`
  ) AS `layer_2`
) AS `layer_3`
GROUP BY
  `year`,
  `district`;

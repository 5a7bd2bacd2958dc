-- sum(stage_share(area, junior))
-- why: the split of stages is part of the query
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(
    CASE
      WHEN NOT (
        "area" * (
          CASE
            WHEN (
              LEFT("school_kind", 3) = '211'
            )
            THEN 0
            WHEN (
              LEFT("school_kind", 3) = '312'
            )
            THEN (
              "junior" * 110
            )
            WHEN (
              LEFT("school_kind", 3) = '345'
            )
            THEN (
              "junior" * 110
            )
            WHEN (
              NOT (
                "primary" * 100
              ) IS NULL
              AND (
                "junior" * 110
              ) IS NULL
              AND (
                "senior" * 132
              ) IS NULL
            )
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
            WHEN (
              NOT (
                "senior" * 132
              ) IS NULL
              AND (
                "primary" * 100
              ) IS NULL
              AND (
                "junior" * 110
              ) IS NULL
            )
            THEN 0
            ELSE COALESCE((
              "junior" * 110
            ), 0)
          END * CASE
            WHEN CASE
              WHEN (
                LEFT("school_kind", 3) = '211'
              )
              THEN 1
              WHEN (
                LEFT("school_kind", 3) = '312'
              )
              THEN (
                (
                  "primary" * 100
                ) + (
                  "junior" * 110
                )
              )
              WHEN (
                LEFT("school_kind", 3) = '345'
              )
              THEN (
                (
                  (
                    "primary" * 100
                  ) + (
                    "junior" * 110
                  )
                ) + (
                  "senior" * 132
                )
              )
              WHEN (
                NOT (
                  "primary" * 100
                ) IS NULL
                AND (
                  "junior" * 110
                ) IS NULL
                AND (
                  "senior" * 132
                ) IS NULL
              )
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
              WHEN (
                NOT (
                  "senior" * 132
                ) IS NULL
                AND (
                  "primary" * 100
                ) IS NULL
                AND (
                  "junior" * 110
                ) IS NULL
              )
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
            END < 0
            THEN (
              -1
            )
            ELSE 1
          END
        )
      ) IS NULL
      THEN NULLIF(
        ABS(
          CASE
            WHEN (
              LEFT("school_kind", 3) = '211'
            )
            THEN 1
            WHEN (
              LEFT("school_kind", 3) = '312'
            )
            THEN (
              (
                "primary" * 100
              ) + (
                "junior" * 110
              )
            )
            WHEN (
              LEFT("school_kind", 3) = '345'
            )
            THEN (
              (
                (
                  "primary" * 100
                ) + (
                  "junior" * 110
                )
              ) + (
                "senior" * 132
              )
            )
            WHEN (
              NOT (
                "primary" * 100
              ) IS NULL
              AND (
                "junior" * 110
              ) IS NULL
              AND (
                "senior" * 132
              ) IS NULL
            )
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
            WHEN (
              NOT (
                "senior" * 132
              ) IS NULL
              AND (
                "primary" * 100
              ) IS NULL
              AND (
                "junior" * 110
              ) IS NULL
            )
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
          END
        ),
        0
      )
    END
  ) AS "s1",
  SUM(
    CAST(FLOOR(
      (
        CAST((
          "area" * (
            CASE
              WHEN (
                LEFT("school_kind", 3) = '211'
              )
              THEN 0
              WHEN (
                LEFT("school_kind", 3) = '312'
              )
              THEN (
                "junior" * 110
              )
              WHEN (
                LEFT("school_kind", 3) = '345'
              )
              THEN (
                "junior" * 110
              )
              WHEN (
                NOT (
                  "primary" * 100
                ) IS NULL
                AND (
                  "junior" * 110
                ) IS NULL
                AND (
                  "senior" * 132
                ) IS NULL
              )
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
              WHEN (
                NOT (
                  "senior" * 132
                ) IS NULL
                AND (
                  "primary" * 100
                ) IS NULL
                AND (
                  "junior" * 110
                ) IS NULL
              )
              THEN 0
              ELSE COALESCE((
                "junior" * 110
              ), 0)
            END * CASE
              WHEN CASE
                WHEN (
                  LEFT("school_kind", 3) = '211'
                )
                THEN 1
                WHEN (
                  LEFT("school_kind", 3) = '312'
                )
                THEN (
                  (
                    "primary" * 100
                  ) + (
                    "junior" * 110
                  )
                )
                WHEN (
                  LEFT("school_kind", 3) = '345'
                )
                THEN (
                  (
                    (
                      "primary" * 100
                    ) + (
                      "junior" * 110
                    )
                  ) + (
                    "senior" * 132
                  )
                )
                WHEN (
                  NOT (
                    "primary" * 100
                  ) IS NULL
                  AND (
                    "junior" * 110
                  ) IS NULL
                  AND (
                    "senior" * 132
                  ) IS NULL
                )
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
                WHEN (
                  NOT (
                    "senior" * 132
                  ) IS NULL
                  AND (
                    "primary" * 100
                  ) IS NULL
                  AND (
                    "junior" * 110
                  ) IS NULL
                )
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
              END < 0
              THEN (
                -1
              )
              ELSE 1
            END
          )
        ) AS DOUBLE) / (
          CAST(NULLIF(
            ABS(
              CASE
                WHEN (
                  LEFT("school_kind", 3) = '211'
                )
                THEN 1
                WHEN (
                  LEFT("school_kind", 3) = '312'
                )
                THEN (
                  (
                    "primary" * 100
                  ) + (
                    "junior" * 110
                  )
                )
                WHEN (
                  LEFT("school_kind", 3) = '345'
                )
                THEN (
                  (
                    (
                      "primary" * 100
                    ) + (
                      "junior" * 110
                    )
                  ) + (
                    "senior" * 132
                  )
                )
                WHEN (
                  NOT (
                    "primary" * 100
                  ) IS NULL
                  AND (
                    "junior" * 110
                  ) IS NULL
                  AND (
                    "senior" * 132
                  ) IS NULL
                )
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
                WHEN (
                  NOT (
                    "senior" * 132
                  ) IS NULL
                  AND (
                    "primary" * 100
                  ) IS NULL
                  AND (
                    "junior" * 110
                  ) IS NULL
                )
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
              END
            ),
            0
          ) AS DOUBLE) * CAST(1e2 AS DOUBLE)
        )
      ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
    ) AS INT128)
  ) AS "s2"
FROM "rows_school"
GROUP BY
  "year",
  "district";

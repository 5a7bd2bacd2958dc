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
    (
      (
        CAST(CAST(FLOOR(
          (
            (
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
                ) AS DOUBLE PRECISION) / (
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
                  ) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
                )
              ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
            ) / CAST(1099511627776 AS DOUBLE PRECISION)
          )
        ) AS BIGINT) AS DECIMAL) * 1099511627776
      ) + CAST(CAST(FLOOR(
        (
          (
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
              ) AS DOUBLE PRECISION) / (
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
                ) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
              )
            ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
          ) - (
            CAST(CAST(FLOOR(
              (
                (
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
                    ) AS DOUBLE PRECISION) / (
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
                      ) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
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
FROM "rows_school"
GROUP BY
  "year",
  "district";

SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(
    CASE
      WHEN NOT (
        CAST("area" AS DECIMAL) * (
          CASE
            WHEN (
              LEFT("school_kind", 3) = '211'
            )
            THEN 0
            WHEN (
              LEFT("school_kind", 3) = '312'
            )
            THEN (
              CAST("junior" AS DECIMAL) * 110
            )
            WHEN (
              LEFT("school_kind", 3) = '345'
            )
            THEN (
              CAST("junior" AS DECIMAL) * 110
            )
            WHEN (
              NOT (
                CAST("primary" AS DECIMAL) * 100
              ) IS NULL
              AND (
                CAST("junior" AS DECIMAL) * 110
              ) IS NULL
              AND (
                CAST("senior" AS DECIMAL) * 132
              ) IS NULL
            )
            THEN 0
            WHEN (
              NOT (
                CAST("junior" AS DECIMAL) * 110
              ) IS NULL
              AND (
                CAST("primary" AS DECIMAL) * 100
              ) IS NULL
              AND (
                CAST("senior" AS DECIMAL) * 132
              ) IS NULL
            )
            THEN 1
            WHEN (
              NOT (
                CAST("senior" AS DECIMAL) * 132
              ) IS NULL
              AND (
                CAST("primary" AS DECIMAL) * 100
              ) IS NULL
              AND (
                CAST("junior" AS DECIMAL) * 110
              ) IS NULL
            )
            THEN 0
            ELSE COALESCE((
              CAST("junior" AS DECIMAL) * 110
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
                  CAST("primary" AS DECIMAL) * 100
                ) + (
                  CAST("junior" AS DECIMAL) * 110
                )
              )
              WHEN (
                LEFT("school_kind", 3) = '345'
              )
              THEN (
                (
                  (
                    CAST("primary" AS DECIMAL) * 100
                  ) + (
                    CAST("junior" AS DECIMAL) * 110
                  )
                ) + (
                  CAST("senior" AS DECIMAL) * 132
                )
              )
              WHEN (
                NOT (
                  CAST("primary" AS DECIMAL) * 100
                ) IS NULL
                AND (
                  CAST("junior" AS DECIMAL) * 110
                ) IS NULL
                AND (
                  CAST("senior" AS DECIMAL) * 132
                ) IS NULL
              )
              THEN 1
              WHEN (
                NOT (
                  CAST("junior" AS DECIMAL) * 110
                ) IS NULL
                AND (
                  CAST("primary" AS DECIMAL) * 100
                ) IS NULL
                AND (
                  CAST("senior" AS DECIMAL) * 132
                ) IS NULL
              )
              THEN 1
              WHEN (
                NOT (
                  CAST("senior" AS DECIMAL) * 132
                ) IS NULL
                AND (
                  CAST("primary" AS DECIMAL) * 100
                ) IS NULL
                AND (
                  CAST("junior" AS DECIMAL) * 110
                ) IS NULL
              )
              THEN 1
              ELSE (
                (
                  COALESCE((
                    CAST("primary" AS DECIMAL) * 100
                  ), 0) + COALESCE((
                    CAST("junior" AS DECIMAL) * 110
                  ), 0)
                ) + COALESCE((
                  CAST("senior" AS DECIMAL) * 132
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
                CAST("primary" AS DECIMAL) * 100
              ) + (
                CAST("junior" AS DECIMAL) * 110
              )
            )
            WHEN (
              LEFT("school_kind", 3) = '345'
            )
            THEN (
              (
                (
                  CAST("primary" AS DECIMAL) * 100
                ) + (
                  CAST("junior" AS DECIMAL) * 110
                )
              ) + (
                CAST("senior" AS DECIMAL) * 132
              )
            )
            WHEN (
              NOT (
                CAST("primary" AS DECIMAL) * 100
              ) IS NULL
              AND (
                CAST("junior" AS DECIMAL) * 110
              ) IS NULL
              AND (
                CAST("senior" AS DECIMAL) * 132
              ) IS NULL
            )
            THEN 1
            WHEN (
              NOT (
                CAST("junior" AS DECIMAL) * 110
              ) IS NULL
              AND (
                CAST("primary" AS DECIMAL) * 100
              ) IS NULL
              AND (
                CAST("senior" AS DECIMAL) * 132
              ) IS NULL
            )
            THEN 1
            WHEN (
              NOT (
                CAST("senior" AS DECIMAL) * 132
              ) IS NULL
              AND (
                CAST("primary" AS DECIMAL) * 100
              ) IS NULL
              AND (
                CAST("junior" AS DECIMAL) * 110
              ) IS NULL
            )
            THEN 1
            ELSE (
              (
                COALESCE((
                  CAST("primary" AS DECIMAL) * 100
                ), 0) + COALESCE((
                  CAST("junior" AS DECIMAL) * 110
                ), 0)
              ) + COALESCE((
                CAST("senior" AS DECIMAL) * 132
              ), 0)
            )
          END
        ),
        0
      )
    END
  ) AS "s1",
  SUM(
    (
      (
        CAST(CAST(FLOOR(
          (
            (
              (
                CAST((
                  CAST("area" AS DECIMAL) * (
                    CASE
                      WHEN (
                        LEFT("school_kind", 3) = '211'
                      )
                      THEN 0
                      WHEN (
                        LEFT("school_kind", 3) = '312'
                      )
                      THEN (
                        CAST("junior" AS DECIMAL) * 110
                      )
                      WHEN (
                        LEFT("school_kind", 3) = '345'
                      )
                      THEN (
                        CAST("junior" AS DECIMAL) * 110
                      )
                      WHEN (
                        NOT (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                        AND (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                      )
                      THEN 0
                      WHEN (
                        NOT (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                        AND (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                        AND (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                      )
                      THEN 0
                      ELSE COALESCE((
                        CAST("junior" AS DECIMAL) * 110
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
                            CAST("primary" AS DECIMAL) * 100
                          ) + (
                            CAST("junior" AS DECIMAL) * 110
                          )
                        )
                        WHEN (
                          LEFT("school_kind", 3) = '345'
                        )
                        THEN (
                          (
                            (
                              CAST("primary" AS DECIMAL) * 100
                            ) + (
                              CAST("junior" AS DECIMAL) * 110
                            )
                          ) + (
                            CAST("senior" AS DECIMAL) * 132
                          )
                        )
                        WHEN (
                          NOT (
                            CAST("primary" AS DECIMAL) * 100
                          ) IS NULL
                          AND (
                            CAST("junior" AS DECIMAL) * 110
                          ) IS NULL
                          AND (
                            CAST("senior" AS DECIMAL) * 132
                          ) IS NULL
                        )
                        THEN 1
                        WHEN (
                          NOT (
                            CAST("junior" AS DECIMAL) * 110
                          ) IS NULL
                          AND (
                            CAST("primary" AS DECIMAL) * 100
                          ) IS NULL
                          AND (
                            CAST("senior" AS DECIMAL) * 132
                          ) IS NULL
                        )
                        THEN 1
                        WHEN (
                          NOT (
                            CAST("senior" AS DECIMAL) * 132
                          ) IS NULL
                          AND (
                            CAST("primary" AS DECIMAL) * 100
                          ) IS NULL
                          AND (
                            CAST("junior" AS DECIMAL) * 110
                          ) IS NULL
                        )
                        THEN 1
                        ELSE (
                          (
                            COALESCE((
                              CAST("primary" AS DECIMAL) * 100
                            ), 0) + COALESCE((
                              CAST("junior" AS DECIMAL) * 110
                            ), 0)
                          ) + COALESCE((
                            CAST("senior" AS DECIMAL) * 132
                          ), 0)
                        )
                      END < 0
                      THEN (
                        -1
                      )
                      ELSE 1
                    END
                  )
                ) AS DOUBLE PRECISION) / (
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
                            CAST("primary" AS DECIMAL) * 100
                          ) + (
                            CAST("junior" AS DECIMAL) * 110
                          )
                        )
                        WHEN (
                          LEFT("school_kind", 3) = '345'
                        )
                        THEN (
                          (
                            (
                              CAST("primary" AS DECIMAL) * 100
                            ) + (
                              CAST("junior" AS DECIMAL) * 110
                            )
                          ) + (
                            CAST("senior" AS DECIMAL) * 132
                          )
                        )
                        WHEN (
                          NOT (
                            CAST("primary" AS DECIMAL) * 100
                          ) IS NULL
                          AND (
                            CAST("junior" AS DECIMAL) * 110
                          ) IS NULL
                          AND (
                            CAST("senior" AS DECIMAL) * 132
                          ) IS NULL
                        )
                        THEN 1
                        WHEN (
                          NOT (
                            CAST("junior" AS DECIMAL) * 110
                          ) IS NULL
                          AND (
                            CAST("primary" AS DECIMAL) * 100
                          ) IS NULL
                          AND (
                            CAST("senior" AS DECIMAL) * 132
                          ) IS NULL
                        )
                        THEN 1
                        WHEN (
                          NOT (
                            CAST("senior" AS DECIMAL) * 132
                          ) IS NULL
                          AND (
                            CAST("primary" AS DECIMAL) * 100
                          ) IS NULL
                          AND (
                            CAST("junior" AS DECIMAL) * 110
                          ) IS NULL
                        )
                        THEN 1
                        ELSE (
                          (
                            COALESCE((
                              CAST("primary" AS DECIMAL) * 100
                            ), 0) + COALESCE((
                              CAST("junior" AS DECIMAL) * 110
                            ), 0)
                          ) + COALESCE((
                            CAST("senior" AS DECIMAL) * 132
                          ), 0)
                        )
                      END
                    ),
                    0
                  ) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
                )
              ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
            ) / CAST(1099511627776 AS DOUBLE PRECISION)
          )
        ) AS BIGINT) AS DECIMAL) * 1099511627776
      ) + CAST(CAST(FLOOR(
        (
          (
            (
              CAST((
                CAST("area" AS DECIMAL) * (
                  CASE
                    WHEN (
                      LEFT("school_kind", 3) = '211'
                    )
                    THEN 0
                    WHEN (
                      LEFT("school_kind", 3) = '312'
                    )
                    THEN (
                      CAST("junior" AS DECIMAL) * 110
                    )
                    WHEN (
                      LEFT("school_kind", 3) = '345'
                    )
                    THEN (
                      CAST("junior" AS DECIMAL) * 110
                    )
                    WHEN (
                      NOT (
                        CAST("primary" AS DECIMAL) * 100
                      ) IS NULL
                      AND (
                        CAST("junior" AS DECIMAL) * 110
                      ) IS NULL
                      AND (
                        CAST("senior" AS DECIMAL) * 132
                      ) IS NULL
                    )
                    THEN 0
                    WHEN (
                      NOT (
                        CAST("junior" AS DECIMAL) * 110
                      ) IS NULL
                      AND (
                        CAST("primary" AS DECIMAL) * 100
                      ) IS NULL
                      AND (
                        CAST("senior" AS DECIMAL) * 132
                      ) IS NULL
                    )
                    THEN 1
                    WHEN (
                      NOT (
                        CAST("senior" AS DECIMAL) * 132
                      ) IS NULL
                      AND (
                        CAST("primary" AS DECIMAL) * 100
                      ) IS NULL
                      AND (
                        CAST("junior" AS DECIMAL) * 110
                      ) IS NULL
                    )
                    THEN 0
                    ELSE COALESCE((
                      CAST("junior" AS DECIMAL) * 110
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
                          CAST("primary" AS DECIMAL) * 100
                        ) + (
                          CAST("junior" AS DECIMAL) * 110
                        )
                      )
                      WHEN (
                        LEFT("school_kind", 3) = '345'
                      )
                      THEN (
                        (
                          (
                            CAST("primary" AS DECIMAL) * 100
                          ) + (
                            CAST("junior" AS DECIMAL) * 110
                          )
                        ) + (
                          CAST("senior" AS DECIMAL) * 132
                        )
                      )
                      WHEN (
                        NOT (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                        AND (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                        AND (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                        AND (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                      )
                      THEN 1
                      ELSE (
                        (
                          COALESCE((
                            CAST("primary" AS DECIMAL) * 100
                          ), 0) + COALESCE((
                            CAST("junior" AS DECIMAL) * 110
                          ), 0)
                        ) + COALESCE((
                          CAST("senior" AS DECIMAL) * 132
                        ), 0)
                      )
                    END < 0
                    THEN (
                      -1
                    )
                    ELSE 1
                  END
                )
              ) AS DOUBLE PRECISION) / (
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
                          CAST("primary" AS DECIMAL) * 100
                        ) + (
                          CAST("junior" AS DECIMAL) * 110
                        )
                      )
                      WHEN (
                        LEFT("school_kind", 3) = '345'
                      )
                      THEN (
                        (
                          (
                            CAST("primary" AS DECIMAL) * 100
                          ) + (
                            CAST("junior" AS DECIMAL) * 110
                          )
                        ) + (
                          CAST("senior" AS DECIMAL) * 132
                        )
                      )
                      WHEN (
                        NOT (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                        AND (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                        AND (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST("senior" AS DECIMAL) * 132
                        ) IS NULL
                        AND (
                          CAST("primary" AS DECIMAL) * 100
                        ) IS NULL
                        AND (
                          CAST("junior" AS DECIMAL) * 110
                        ) IS NULL
                      )
                      THEN 1
                      ELSE (
                        (
                          COALESCE((
                            CAST("primary" AS DECIMAL) * 100
                          ), 0) + COALESCE((
                            CAST("junior" AS DECIMAL) * 110
                          ), 0)
                        ) + COALESCE((
                          CAST("senior" AS DECIMAL) * 132
                        ), 0)
                      )
                    END
                  ),
                  0
                ) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
              )
            ) * CAST(1e9 AS DOUBLE PRECISION) + CAST(5e-1 AS DOUBLE PRECISION)
          ) - (
            CAST(CAST(FLOOR(
              (
                (
                  (
                    CAST((
                      CAST("area" AS DECIMAL) * (
                        CASE
                          WHEN (
                            LEFT("school_kind", 3) = '211'
                          )
                          THEN 0
                          WHEN (
                            LEFT("school_kind", 3) = '312'
                          )
                          THEN (
                            CAST("junior" AS DECIMAL) * 110
                          )
                          WHEN (
                            LEFT("school_kind", 3) = '345'
                          )
                          THEN (
                            CAST("junior" AS DECIMAL) * 110
                          )
                          WHEN (
                            NOT (
                              CAST("primary" AS DECIMAL) * 100
                            ) IS NULL
                            AND (
                              CAST("junior" AS DECIMAL) * 110
                            ) IS NULL
                            AND (
                              CAST("senior" AS DECIMAL) * 132
                            ) IS NULL
                          )
                          THEN 0
                          WHEN (
                            NOT (
                              CAST("junior" AS DECIMAL) * 110
                            ) IS NULL
                            AND (
                              CAST("primary" AS DECIMAL) * 100
                            ) IS NULL
                            AND (
                              CAST("senior" AS DECIMAL) * 132
                            ) IS NULL
                          )
                          THEN 1
                          WHEN (
                            NOT (
                              CAST("senior" AS DECIMAL) * 132
                            ) IS NULL
                            AND (
                              CAST("primary" AS DECIMAL) * 100
                            ) IS NULL
                            AND (
                              CAST("junior" AS DECIMAL) * 110
                            ) IS NULL
                          )
                          THEN 0
                          ELSE COALESCE((
                            CAST("junior" AS DECIMAL) * 110
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
                                CAST("primary" AS DECIMAL) * 100
                              ) + (
                                CAST("junior" AS DECIMAL) * 110
                              )
                            )
                            WHEN (
                              LEFT("school_kind", 3) = '345'
                            )
                            THEN (
                              (
                                (
                                  CAST("primary" AS DECIMAL) * 100
                                ) + (
                                  CAST("junior" AS DECIMAL) * 110
                                )
                              ) + (
                                CAST("senior" AS DECIMAL) * 132
                              )
                            )
                            WHEN (
                              NOT (
                                CAST("primary" AS DECIMAL) * 100
                              ) IS NULL
                              AND (
                                CAST("junior" AS DECIMAL) * 110
                              ) IS NULL
                              AND (
                                CAST("senior" AS DECIMAL) * 132
                              ) IS NULL
                            )
                            THEN 1
                            WHEN (
                              NOT (
                                CAST("junior" AS DECIMAL) * 110
                              ) IS NULL
                              AND (
                                CAST("primary" AS DECIMAL) * 100
                              ) IS NULL
                              AND (
                                CAST("senior" AS DECIMAL) * 132
                              ) IS NULL
                            )
                            THEN 1
                            WHEN (
                              NOT (
                                CAST("senior" AS DECIMAL) * 132
                              ) IS NULL
                              AND (
                                CAST("primary" AS DECIMAL) * 100
                              ) IS NULL
                              AND (
                                CAST("junior" AS DECIMAL) * 110
                              ) IS NULL
                            )
                            THEN 1
                            ELSE (
                              (
                                COALESCE((
                                  CAST("primary" AS DECIMAL) * 100
                                ), 0) + COALESCE((
                                  CAST("junior" AS DECIMAL) * 110
                                ), 0)
                              ) + COALESCE((
                                CAST("senior" AS DECIMAL) * 132
                              ), 0)
                            )
                          END < 0
                          THEN (
                            -1
                          )
                          ELSE 1
                        END
                      )
                    ) AS DOUBLE PRECISION) / (
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
                                CAST("primary" AS DECIMAL) * 100
                              ) + (
                                CAST("junior" AS DECIMAL) * 110
                              )
                            )
                            WHEN (
                              LEFT("school_kind", 3) = '345'
                            )
                            THEN (
                              (
                                (
                                  CAST("primary" AS DECIMAL) * 100
                                ) + (
                                  CAST("junior" AS DECIMAL) * 110
                                )
                              ) + (
                                CAST("senior" AS DECIMAL) * 132
                              )
                            )
                            WHEN (
                              NOT (
                                CAST("primary" AS DECIMAL) * 100
                              ) IS NULL
                              AND (
                                CAST("junior" AS DECIMAL) * 110
                              ) IS NULL
                              AND (
                                CAST("senior" AS DECIMAL) * 132
                              ) IS NULL
                            )
                            THEN 1
                            WHEN (
                              NOT (
                                CAST("junior" AS DECIMAL) * 110
                              ) IS NULL
                              AND (
                                CAST("primary" AS DECIMAL) * 100
                              ) IS NULL
                              AND (
                                CAST("senior" AS DECIMAL) * 132
                              ) IS NULL
                            )
                            THEN 1
                            WHEN (
                              NOT (
                                CAST("senior" AS DECIMAL) * 132
                              ) IS NULL
                              AND (
                                CAST("primary" AS DECIMAL) * 100
                              ) IS NULL
                              AND (
                                CAST("junior" AS DECIMAL) * 110
                              ) IS NULL
                            )
                            THEN 1
                            ELSE (
                              (
                                COALESCE((
                                  CAST("primary" AS DECIMAL) * 100
                                ), 0) + COALESCE((
                                  CAST("junior" AS DECIMAL) * 110
                                ), 0)
                              ) + COALESCE((
                                CAST("senior" AS DECIMAL) * 132
                              ), 0)
                            )
                          END
                        ),
                        0
                      ) AS DOUBLE PRECISION) * CAST(1e2 AS DOUBLE PRECISION)
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
FROM "rows_school"
GROUP BY
  "year",
  "district";

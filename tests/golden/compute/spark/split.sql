-- sum(stage_share(area, junior))
-- why: the split of stages is part of the query
SELECT
  `year`,
  `district`,
  COUNT(*) AS `s0`,
  COUNT(
    CASE
      WHEN NOT (
        CAST(`area` AS DECIMAL(38, 0)) * (
          CASE
            WHEN (
              LEFT(`school_kind`, 3) = '211'
            )
            THEN 0
            WHEN (
              LEFT(`school_kind`, 3) = '312'
            )
            THEN (
              CAST(`junior` AS DECIMAL(38, 0)) * 110
            )
            WHEN (
              LEFT(`school_kind`, 3) = '345'
            )
            THEN (
              CAST(`junior` AS DECIMAL(38, 0)) * 110
            )
            WHEN (
              NOT (
                CAST(`primary` AS DECIMAL(38, 0)) * 100
              ) IS NULL
              AND (
                CAST(`junior` AS DECIMAL(38, 0)) * 110
              ) IS NULL
              AND (
                CAST(`senior` AS DECIMAL(38, 0)) * 132
              ) IS NULL
            )
            THEN 0
            WHEN (
              NOT (
                CAST(`junior` AS DECIMAL(38, 0)) * 110
              ) IS NULL
              AND (
                CAST(`primary` AS DECIMAL(38, 0)) * 100
              ) IS NULL
              AND (
                CAST(`senior` AS DECIMAL(38, 0)) * 132
              ) IS NULL
            )
            THEN 1
            WHEN (
              NOT (
                CAST(`senior` AS DECIMAL(38, 0)) * 132
              ) IS NULL
              AND (
                CAST(`primary` AS DECIMAL(38, 0)) * 100
              ) IS NULL
              AND (
                CAST(`junior` AS DECIMAL(38, 0)) * 110
              ) IS NULL
            )
            THEN 0
            ELSE COALESCE((
              CAST(`junior` AS DECIMAL(38, 0)) * 110
            ), 0)
          END * CASE
            WHEN CASE
              WHEN (
                LEFT(`school_kind`, 3) = '211'
              )
              THEN 1
              WHEN (
                LEFT(`school_kind`, 3) = '312'
              )
              THEN (
                (
                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                ) + (
                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                )
              )
              WHEN (
                LEFT(`school_kind`, 3) = '345'
              )
              THEN (
                (
                  (
                    CAST(`primary` AS DECIMAL(38, 0)) * 100
                  ) + (
                    CAST(`junior` AS DECIMAL(38, 0)) * 110
                  )
                ) + (
                  CAST(`senior` AS DECIMAL(38, 0)) * 132
                )
              )
              WHEN (
                NOT (
                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                ) IS NULL
                AND (
                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                ) IS NULL
                AND (
                  CAST(`senior` AS DECIMAL(38, 0)) * 132
                ) IS NULL
              )
              THEN 1
              WHEN (
                NOT (
                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                ) IS NULL
                AND (
                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                ) IS NULL
                AND (
                  CAST(`senior` AS DECIMAL(38, 0)) * 132
                ) IS NULL
              )
              THEN 1
              WHEN (
                NOT (
                  CAST(`senior` AS DECIMAL(38, 0)) * 132
                ) IS NULL
                AND (
                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                ) IS NULL
                AND (
                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                ) IS NULL
              )
              THEN 1
              ELSE (
                (
                  COALESCE((
                    CAST(`primary` AS DECIMAL(38, 0)) * 100
                  ), 0) + COALESCE((
                    CAST(`junior` AS DECIMAL(38, 0)) * 110
                  ), 0)
                ) + COALESCE((
                  CAST(`senior` AS DECIMAL(38, 0)) * 132
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
              LEFT(`school_kind`, 3) = '211'
            )
            THEN 1
            WHEN (
              LEFT(`school_kind`, 3) = '312'
            )
            THEN (
              (
                CAST(`primary` AS DECIMAL(38, 0)) * 100
              ) + (
                CAST(`junior` AS DECIMAL(38, 0)) * 110
              )
            )
            WHEN (
              LEFT(`school_kind`, 3) = '345'
            )
            THEN (
              (
                (
                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                ) + (
                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                )
              ) + (
                CAST(`senior` AS DECIMAL(38, 0)) * 132
              )
            )
            WHEN (
              NOT (
                CAST(`primary` AS DECIMAL(38, 0)) * 100
              ) IS NULL
              AND (
                CAST(`junior` AS DECIMAL(38, 0)) * 110
              ) IS NULL
              AND (
                CAST(`senior` AS DECIMAL(38, 0)) * 132
              ) IS NULL
            )
            THEN 1
            WHEN (
              NOT (
                CAST(`junior` AS DECIMAL(38, 0)) * 110
              ) IS NULL
              AND (
                CAST(`primary` AS DECIMAL(38, 0)) * 100
              ) IS NULL
              AND (
                CAST(`senior` AS DECIMAL(38, 0)) * 132
              ) IS NULL
            )
            THEN 1
            WHEN (
              NOT (
                CAST(`senior` AS DECIMAL(38, 0)) * 132
              ) IS NULL
              AND (
                CAST(`primary` AS DECIMAL(38, 0)) * 100
              ) IS NULL
              AND (
                CAST(`junior` AS DECIMAL(38, 0)) * 110
              ) IS NULL
            )
            THEN 1
            ELSE (
              (
                COALESCE((
                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                ), 0) + COALESCE((
                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                ), 0)
              ) + COALESCE((
                CAST(`senior` AS DECIMAL(38, 0)) * 132
              ), 0)
            )
          END
        ),
        0
      )
    END
  ) AS `s1`,
  SUM(
    (
      (
        CAST(CAST(FLOOR(
          (
            (
              (
                CAST((
                  CAST(`area` AS DECIMAL(38, 0)) * (
                    CASE
                      WHEN (
                        LEFT(`school_kind`, 3) = '211'
                      )
                      THEN 0
                      WHEN (
                        LEFT(`school_kind`, 3) = '312'
                      )
                      THEN (
                        CAST(`junior` AS DECIMAL(38, 0)) * 110
                      )
                      WHEN (
                        LEFT(`school_kind`, 3) = '345'
                      )
                      THEN (
                        CAST(`junior` AS DECIMAL(38, 0)) * 110
                      )
                      WHEN (
                        NOT (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                        AND (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                      )
                      THEN 0
                      WHEN (
                        NOT (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                        AND (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                        AND (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                      )
                      THEN 0
                      ELSE COALESCE((
                        CAST(`junior` AS DECIMAL(38, 0)) * 110
                      ), 0)
                    END * CASE
                      WHEN CASE
                        WHEN (
                          LEFT(`school_kind`, 3) = '211'
                        )
                        THEN 1
                        WHEN (
                          LEFT(`school_kind`, 3) = '312'
                        )
                        THEN (
                          (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) + (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          )
                        )
                        WHEN (
                          LEFT(`school_kind`, 3) = '345'
                        )
                        THEN (
                          (
                            (
                              CAST(`primary` AS DECIMAL(38, 0)) * 100
                            ) + (
                              CAST(`junior` AS DECIMAL(38, 0)) * 110
                            )
                          ) + (
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          )
                        )
                        WHEN (
                          NOT (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) IS NULL
                          AND (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ) IS NULL
                          AND (
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          ) IS NULL
                        )
                        THEN 1
                        WHEN (
                          NOT (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ) IS NULL
                          AND (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) IS NULL
                          AND (
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          ) IS NULL
                        )
                        THEN 1
                        WHEN (
                          NOT (
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          ) IS NULL
                          AND (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) IS NULL
                          AND (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ) IS NULL
                        )
                        THEN 1
                        ELSE (
                          (
                            COALESCE((
                              CAST(`primary` AS DECIMAL(38, 0)) * 100
                            ), 0) + COALESCE((
                              CAST(`junior` AS DECIMAL(38, 0)) * 110
                            ), 0)
                          ) + COALESCE((
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
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
                          LEFT(`school_kind`, 3) = '211'
                        )
                        THEN 1
                        WHEN (
                          LEFT(`school_kind`, 3) = '312'
                        )
                        THEN (
                          (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) + (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          )
                        )
                        WHEN (
                          LEFT(`school_kind`, 3) = '345'
                        )
                        THEN (
                          (
                            (
                              CAST(`primary` AS DECIMAL(38, 0)) * 100
                            ) + (
                              CAST(`junior` AS DECIMAL(38, 0)) * 110
                            )
                          ) + (
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          )
                        )
                        WHEN (
                          NOT (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) IS NULL
                          AND (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ) IS NULL
                          AND (
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          ) IS NULL
                        )
                        THEN 1
                        WHEN (
                          NOT (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ) IS NULL
                          AND (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) IS NULL
                          AND (
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          ) IS NULL
                        )
                        THEN 1
                        WHEN (
                          NOT (
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          ) IS NULL
                          AND (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) IS NULL
                          AND (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ) IS NULL
                        )
                        THEN 1
                        ELSE (
                          (
                            COALESCE((
                              CAST(`primary` AS DECIMAL(38, 0)) * 100
                            ), 0) + COALESCE((
                              CAST(`junior` AS DECIMAL(38, 0)) * 110
                            ), 0)
                          ) + COALESCE((
                            CAST(`senior` AS DECIMAL(38, 0)) * 132
                          ), 0)
                        )
                      END
                    ),
                    0
                  ) AS DOUBLE) * CAST(1e2 AS DOUBLE)
                )
              ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
            ) / CAST(1099511627776 AS DOUBLE)
          )
        ) AS BIGINT) AS DECIMAL(38, 0)) * 1099511627776
      ) + CAST(CAST(FLOOR(
        (
          (
            (
              CAST((
                CAST(`area` AS DECIMAL(38, 0)) * (
                  CASE
                    WHEN (
                      LEFT(`school_kind`, 3) = '211'
                    )
                    THEN 0
                    WHEN (
                      LEFT(`school_kind`, 3) = '312'
                    )
                    THEN (
                      CAST(`junior` AS DECIMAL(38, 0)) * 110
                    )
                    WHEN (
                      LEFT(`school_kind`, 3) = '345'
                    )
                    THEN (
                      CAST(`junior` AS DECIMAL(38, 0)) * 110
                    )
                    WHEN (
                      NOT (
                        CAST(`primary` AS DECIMAL(38, 0)) * 100
                      ) IS NULL
                      AND (
                        CAST(`junior` AS DECIMAL(38, 0)) * 110
                      ) IS NULL
                      AND (
                        CAST(`senior` AS DECIMAL(38, 0)) * 132
                      ) IS NULL
                    )
                    THEN 0
                    WHEN (
                      NOT (
                        CAST(`junior` AS DECIMAL(38, 0)) * 110
                      ) IS NULL
                      AND (
                        CAST(`primary` AS DECIMAL(38, 0)) * 100
                      ) IS NULL
                      AND (
                        CAST(`senior` AS DECIMAL(38, 0)) * 132
                      ) IS NULL
                    )
                    THEN 1
                    WHEN (
                      NOT (
                        CAST(`senior` AS DECIMAL(38, 0)) * 132
                      ) IS NULL
                      AND (
                        CAST(`primary` AS DECIMAL(38, 0)) * 100
                      ) IS NULL
                      AND (
                        CAST(`junior` AS DECIMAL(38, 0)) * 110
                      ) IS NULL
                    )
                    THEN 0
                    ELSE COALESCE((
                      CAST(`junior` AS DECIMAL(38, 0)) * 110
                    ), 0)
                  END * CASE
                    WHEN CASE
                      WHEN (
                        LEFT(`school_kind`, 3) = '211'
                      )
                      THEN 1
                      WHEN (
                        LEFT(`school_kind`, 3) = '312'
                      )
                      THEN (
                        (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) + (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        )
                      )
                      WHEN (
                        LEFT(`school_kind`, 3) = '345'
                      )
                      THEN (
                        (
                          (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) + (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          )
                        ) + (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        )
                      )
                      WHEN (
                        NOT (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                        AND (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                        AND (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                        AND (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                      )
                      THEN 1
                      ELSE (
                        (
                          COALESCE((
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ), 0) + COALESCE((
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ), 0)
                        ) + COALESCE((
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
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
                        LEFT(`school_kind`, 3) = '211'
                      )
                      THEN 1
                      WHEN (
                        LEFT(`school_kind`, 3) = '312'
                      )
                      THEN (
                        (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) + (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        )
                      )
                      WHEN (
                        LEFT(`school_kind`, 3) = '345'
                      )
                      THEN (
                        (
                          (
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ) + (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          )
                        ) + (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        )
                      )
                      WHEN (
                        NOT (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                        AND (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                        AND (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                      )
                      THEN 1
                      WHEN (
                        NOT (
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ) IS NULL
                        AND (
                          CAST(`primary` AS DECIMAL(38, 0)) * 100
                        ) IS NULL
                        AND (
                          CAST(`junior` AS DECIMAL(38, 0)) * 110
                        ) IS NULL
                      )
                      THEN 1
                      ELSE (
                        (
                          COALESCE((
                            CAST(`primary` AS DECIMAL(38, 0)) * 100
                          ), 0) + COALESCE((
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ), 0)
                        ) + COALESCE((
                          CAST(`senior` AS DECIMAL(38, 0)) * 132
                        ), 0)
                      )
                    END
                  ),
                  0
                ) AS DOUBLE) * CAST(1e2 AS DOUBLE)
              )
            ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
          ) - (
            CAST(CAST(FLOOR(
              (
                (
                  (
                    CAST((
                      CAST(`area` AS DECIMAL(38, 0)) * (
                        CASE
                          WHEN (
                            LEFT(`school_kind`, 3) = '211'
                          )
                          THEN 0
                          WHEN (
                            LEFT(`school_kind`, 3) = '312'
                          )
                          THEN (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          )
                          WHEN (
                            LEFT(`school_kind`, 3) = '345'
                          )
                          THEN (
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          )
                          WHEN (
                            NOT (
                              CAST(`primary` AS DECIMAL(38, 0)) * 100
                            ) IS NULL
                            AND (
                              CAST(`junior` AS DECIMAL(38, 0)) * 110
                            ) IS NULL
                            AND (
                              CAST(`senior` AS DECIMAL(38, 0)) * 132
                            ) IS NULL
                          )
                          THEN 0
                          WHEN (
                            NOT (
                              CAST(`junior` AS DECIMAL(38, 0)) * 110
                            ) IS NULL
                            AND (
                              CAST(`primary` AS DECIMAL(38, 0)) * 100
                            ) IS NULL
                            AND (
                              CAST(`senior` AS DECIMAL(38, 0)) * 132
                            ) IS NULL
                          )
                          THEN 1
                          WHEN (
                            NOT (
                              CAST(`senior` AS DECIMAL(38, 0)) * 132
                            ) IS NULL
                            AND (
                              CAST(`primary` AS DECIMAL(38, 0)) * 100
                            ) IS NULL
                            AND (
                              CAST(`junior` AS DECIMAL(38, 0)) * 110
                            ) IS NULL
                          )
                          THEN 0
                          ELSE COALESCE((
                            CAST(`junior` AS DECIMAL(38, 0)) * 110
                          ), 0)
                        END * CASE
                          WHEN CASE
                            WHEN (
                              LEFT(`school_kind`, 3) = '211'
                            )
                            THEN 1
                            WHEN (
                              LEFT(`school_kind`, 3) = '312'
                            )
                            THEN (
                              (
                                CAST(`primary` AS DECIMAL(38, 0)) * 100
                              ) + (
                                CAST(`junior` AS DECIMAL(38, 0)) * 110
                              )
                            )
                            WHEN (
                              LEFT(`school_kind`, 3) = '345'
                            )
                            THEN (
                              (
                                (
                                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                                ) + (
                                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                                )
                              ) + (
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              )
                            )
                            WHEN (
                              NOT (
                                CAST(`primary` AS DECIMAL(38, 0)) * 100
                              ) IS NULL
                              AND (
                                CAST(`junior` AS DECIMAL(38, 0)) * 110
                              ) IS NULL
                              AND (
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              ) IS NULL
                            )
                            THEN 1
                            WHEN (
                              NOT (
                                CAST(`junior` AS DECIMAL(38, 0)) * 110
                              ) IS NULL
                              AND (
                                CAST(`primary` AS DECIMAL(38, 0)) * 100
                              ) IS NULL
                              AND (
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              ) IS NULL
                            )
                            THEN 1
                            WHEN (
                              NOT (
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              ) IS NULL
                              AND (
                                CAST(`primary` AS DECIMAL(38, 0)) * 100
                              ) IS NULL
                              AND (
                                CAST(`junior` AS DECIMAL(38, 0)) * 110
                              ) IS NULL
                            )
                            THEN 1
                            ELSE (
                              (
                                COALESCE((
                                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                                ), 0) + COALESCE((
                                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                                ), 0)
                              ) + COALESCE((
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
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
                              LEFT(`school_kind`, 3) = '211'
                            )
                            THEN 1
                            WHEN (
                              LEFT(`school_kind`, 3) = '312'
                            )
                            THEN (
                              (
                                CAST(`primary` AS DECIMAL(38, 0)) * 100
                              ) + (
                                CAST(`junior` AS DECIMAL(38, 0)) * 110
                              )
                            )
                            WHEN (
                              LEFT(`school_kind`, 3) = '345'
                            )
                            THEN (
                              (
                                (
                                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                                ) + (
                                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                                )
                              ) + (
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              )
                            )
                            WHEN (
                              NOT (
                                CAST(`primary` AS DECIMAL(38, 0)) * 100
                              ) IS NULL
                              AND (
                                CAST(`junior` AS DECIMAL(38, 0)) * 110
                              ) IS NULL
                              AND (
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              ) IS NULL
                            )
                            THEN 1
                            WHEN (
                              NOT (
                                CAST(`junior` AS DECIMAL(38, 0)) * 110
                              ) IS NULL
                              AND (
                                CAST(`primary` AS DECIMAL(38, 0)) * 100
                              ) IS NULL
                              AND (
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              ) IS NULL
                            )
                            THEN 1
                            WHEN (
                              NOT (
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              ) IS NULL
                              AND (
                                CAST(`primary` AS DECIMAL(38, 0)) * 100
                              ) IS NULL
                              AND (
                                CAST(`junior` AS DECIMAL(38, 0)) * 110
                              ) IS NULL
                            )
                            THEN 1
                            ELSE (
                              (
                                COALESCE((
                                  CAST(`primary` AS DECIMAL(38, 0)) * 100
                                ), 0) + COALESCE((
                                  CAST(`junior` AS DECIMAL(38, 0)) * 110
                                ), 0)
                              ) + COALESCE((
                                CAST(`senior` AS DECIMAL(38, 0)) * 132
                              ), 0)
                            )
                          END
                        ),
                        0
                      ) AS DOUBLE) * CAST(1e2 AS DOUBLE)
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
FROM `rows_school`
GROUP BY
  `year`,
  `district`;

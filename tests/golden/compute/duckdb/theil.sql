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
      THEN CAST(FLOOR(
        CASE
          WHEN (
            CAST("area" AS DOUBLE) / CAST(1e2 AS DOUBLE)
          ) > CAST(0e0 AS DOUBLE)
          THEN (
            CAST("b" AS DOUBLE) * (
              (
                CAST("area" AS DOUBLE) / CAST(1e2 AS DOUBLE)
              ) * LN((
                CAST("area" AS DOUBLE) / CAST(1e2 AS DOUBLE)
              ))
            )
          )
          WHEN (
            CAST("area" AS DOUBLE) / CAST(1e2 AS DOUBLE)
          ) = CAST(0e0 AS DOUBLE)
          THEN CAST(0e0 AS DOUBLE)
        END * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
      ) AS INT128)
    END
  ) AS "s2",
  COUNT(
    CASE
      WHEN NOT "b" IS NULL
      AND (
        (
          CAST("area" AS DOUBLE) / CAST(1e2 AS DOUBLE)
        ) < 0 OR CAST("b" AS DOUBLE) < 0
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
) AS "layer_0"
GROUP BY
  "year",
  "district";

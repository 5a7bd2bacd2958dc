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
      THEN CAST(FLOOR(
        (
          (
            CAST("area" AS DOUBLE) * CAST("area" AS DOUBLE)
          ) / CAST("b" AS DOUBLE)
        ) * CAST(1e9 AS DOUBLE) + CAST(5e-1 AS DOUBLE)
      ) AS INT128)
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
) AS "layer_0"
GROUP BY
  "year",
  "district";

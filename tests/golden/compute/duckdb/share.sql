-- share(area / b >= 4.5)
-- why: a threshold is compared by cross multiplication in whole numbers
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT("part 0") AS "s1",
  COUNT(CASE WHEN "part 0" THEN 1 END) AS "s2"
FROM (
  SELECT
    *,
    (
      (
        (
          "area" * CASE WHEN "b" < 0 THEN (
            -1
          ) ELSE 1 END
        ) * 10
      ) >= (
        45 * (
          NULLIF(ABS("b"), 0) * 100
        )
      )
    ) AS "part 0"
  FROM "rows_school"
) AS "layer_0"
GROUP BY
  "year",
  "district";

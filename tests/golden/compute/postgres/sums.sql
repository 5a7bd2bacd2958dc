-- sum(a + b) / (sum(a) + sum(b))
-- why: a row-wise sum needs both, two sums are independent
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT((
    "a" + "b"
  )) AS "s1",
  SUM((
    "a" + "b"
  )) AS "s2",
  COUNT("a") AS "s3",
  SUM("a") AS "s4",
  COUNT("b") AS "s5",
  SUM("b") AS "s6"
FROM "rows_school"
GROUP BY
  "year",
  "district";

SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT("part 0") AS "s1",
  SUM("part 0") AS "s2",
  COUNT(CAST("a" AS DECIMAL)) AS "s3",
  SUM(CAST("a" AS DECIMAL)) AS "s4",
  COUNT(CAST("b" AS DECIMAL)) AS "s5",
  SUM(CAST("b" AS DECIMAL)) AS "s6"
FROM (
  SELECT
    *,
    (
      CAST("a" AS DECIMAL) + CAST("b" AS DECIMAL)
    ) AS "part 0"
  FROM "rows_school"
  OFFSET 0
) AS "layer_0"
GROUP BY
  "year",
  "district";

-- sum(a + b) / (sum(a) + sum(b))
-- why: a row-wise sum needs both, two sums are independent
SELECT
  `year`,
  `district`,
  COUNT(*) AS `s0`,
  COUNT(`part 0`) AS `s1`,
  SUM(`part 0`) AS `s2`,
  COUNT(CAST(`a` AS DECIMAL(38, 0))) AS `s3`,
  SUM(CAST(`a` AS DECIMAL(38, 0))) AS `s4`,
  COUNT(CAST(`b` AS DECIMAL(38, 0))) AS `s5`,
  SUM(CAST(`b` AS DECIMAL(38, 0))) AS `s6`
FROM (
  SELECT
    *,
    (
      CAST(`a` AS DECIMAL(38, 0)) + CAST(`b` AS DECIMAL(38, 0))
    ) AS `part 0`
  FROM `rows_school`
) AS `layer_0`
GROUP BY
  `year`,
  `district`;

-- count(a > 1 where c > 2 or ownership = 'private')
-- why: a unit whose condition is unknown is expected
SELECT
  `year`,
  `district`,
  COUNT(*) AS `s0`,
  COUNT(CASE WHEN COALESCE(`part 0`, TRUE) THEN 1 END) AS `s1`,
  COUNT(CASE WHEN `part 0` THEN (
    CAST(`a` AS DECIMAL(38, 0)) > 1
  ) END) AS `s2`,
  COUNT(CASE WHEN `part 0` AND (
    CAST(`a` AS DECIMAL(38, 0)) > 1
  ) THEN 1 END) AS `s3`
FROM (
  SELECT
    *,
    (
      (
        CAST(`c` AS DECIMAL(38, 0)) > 2
      ) OR (
        `ownership` = 'private'
      )
    ) AS `part 0`
  FROM `rows_school`
) AS `layer_0`
GROUP BY
  `year`,
  `district`;

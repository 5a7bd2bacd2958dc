-- count(kind = 'a%b_' or starts(kind, '3\') or a > 1)
-- why: words of a user stay words in every dialect
SELECT
  `year`,
  `district`,
  COUNT(*) AS `s0`,
  COUNT(`part 0`) AS `s1`,
  COUNT(CASE WHEN `part 0` THEN 1 END) AS `s2`
FROM (
  SELECT
    *,
    (
      (
        (
          `school_kind` = 'a%b_'
        ) OR (
          LEFT(`school_kind`, 2) = '3\\'
        )
      )
      OR (
        CAST(`a` AS DECIMAL(38, 0)) > 1
      )
    ) AS `part 0`
  FROM `rows_school`
) AS `layer_0`
GROUP BY
  `year`,
  `district`;

-- ratio(area, b where kind = '311')
-- why: both sides count the same units; CASE, never FILTER
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(CASE WHEN (
    "school_kind" = '311'
  ) THEN 1 END) AS "s1",
  COUNT("part 0") AS "s2",
  SUM(CASE WHEN (
    "school_kind" = '311'
  ) AND NOT "b" IS NULL THEN "area" END) AS "s3",
  SUM("part 0") AS "s4"
FROM (
  SELECT
    *,
    CASE WHEN (
      "school_kind" = '311'
    ) AND NOT "area" IS NULL THEN "b" END AS "part 0"
  FROM "rows_school"
  OFFSET 0
) AS "layer_0"
GROUP BY
  "year",
  "district";

SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(CASE WHEN (
    "school_kind" = '311'
  ) THEN 1 END) AS "s1",
  COUNT("part 0") AS "s2",
  SUM(
    CASE
      WHEN (
        "school_kind" = '311'
      ) AND NOT CAST("b" AS DECIMAL) IS NULL
      THEN CAST("area" AS DECIMAL)
    END
  ) AS "s3",
  SUM("part 0") AS "s4"
FROM (
  SELECT
    *,
    CASE
      WHEN (
        "school_kind" = '311'
      ) AND NOT CAST("area" AS DECIMAL) IS NULL
      THEN CAST("b" AS DECIMAL)
    END AS "part 0"
  FROM "rows_school"
  OFFSET 0
) AS "layer_0"
GROUP BY
  "year",
  "district";

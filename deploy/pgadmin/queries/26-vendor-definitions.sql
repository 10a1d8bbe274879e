-- Which of our rates is the open or click rate of another tool, and what remains different?
SELECT figure, vendor, name, formula, our_rate, our_formula, difference, source
FROM mart.metric_definitions
ORDER BY figure, vendor;

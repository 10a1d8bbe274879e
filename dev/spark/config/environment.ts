/**
 * Variables that would select another Spark, other Java options or other Python modules. The SPARK_ variables of our own job
 * (spark/messages_spark/config.py) do not match.
 */
const OTHER_SPARK_VARIABLE = /^(SPARK_(?!TRIGGER_|BATCH_|FOLLOWER_|SPLIT_)|PYSPARK_|PYTHONPATH$|PYTHONHOME$)/;

/** The environment of this process without the settings of any other Spark. */
export function sparkEnvironment(settings: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OTHER_SPARK_VARIABLE.test(name)));
  return { ...env, ...(isUtf8(env) ? {} : { LC_ALL: 'C.UTF-8' }), ...settings };
}

/** Java decodes its arguments, file names included, in the locale's encoding. */
function isUtf8({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

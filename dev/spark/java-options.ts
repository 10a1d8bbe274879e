/**
 * JVM options as the single string that Spark's scripts expect, for example in SPARK_DAEMON_JAVA_OPTS. The scripts split it at
 * blanks as a shell does, so each option is quoted: a folder's name may hold a blank.
 */
export function javaOptions(flags: readonly string[], properties: Readonly<Record<string, string | number>>): string {
  const options = [...flags, ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`)];
  return options.map((option) => `"${option.replace(/["\\]/g, '\\$&')}"`).join(' ');
}

/** The Python that makes the virtual environments. */
export function pythonProgram(): string {
  return process.env.PYTHON || 'python3';
}

/** For venv and pip, which may need to know of a proxy or a package index, but not of other modules of the user's. */
export function installationEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONPATH: undefined, PYTHONHOME: undefined };
}

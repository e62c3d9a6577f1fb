import { ApiError, ApiUnreachableError } from '../kube/errors.ts';
import { MalformedObjectError } from '../kube/shape.ts';
import { CommandError } from './command-error.ts';

/** What was asked of the API server, to name it where it is refused. */
export interface Asked {
  /** As in RBAC: `get`, `list`. */
  verb: string;
  /** As in RBAC: `pods`, `pods/exec`, `deployments`. */
  resource: string;
  /** All namespaces where undefined. */
  namespace: string | undefined;
}

/**
 * Makes a call, and tells its failure in one line.
 * @throws CommandError where the API server refused or gave no answer; anything else as it is
 */
export async function withTroubleTold<T>(asked: Asked, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw inOneLine(error, asked);
  }
}

function inOneLine(error: unknown, { verb, resource, namespace }: Asked): unknown {
  const told = (message: string) => new CommandError(message, { cause: error });
  if (error instanceof ApiUnreachableError)
    return told(`no answer from the API server: ${error.message}`);
  if (error instanceof MalformedObjectError)
    return told(`the API server sent ${resource} that are not as the API says: ${error.message}`);
  if (!(error instanceof ApiError)) return error;
  const where = namespace === undefined ? 'in all namespaces' : `in the namespace "${namespace}"`;
  if (error.status === 403)
    return told(`not allowed to ${verb} ${resource} ${where}: ${error.message}`);
  if (error.status === 401)
    return told(`the API server does not accept the credentials: ${error.message}`);
  return told(`cannot ${verb} ${resource} ${where}: ${error.message}`);
}

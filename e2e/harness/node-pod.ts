import { images } from '../cluster/base-images.ts';

/** A pod that runs Node with these arguments, may write to /tmp, and belongs to nobody. */
export function nodePod(name: string, args: readonly string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'client',
          image: images.distrolessNode,
          imagePullPolicy: 'Never',
          args,
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }],
    },
  };
}

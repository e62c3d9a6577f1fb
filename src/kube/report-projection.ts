import { REPORT_API_VERSION, REPORT_KIND } from '../api/names.ts';
import type { PortExposureReport } from '../api/port-exposure-report.ts';
import { REPORT_STATUS_SCHEMA } from '../api/port-exposure-report-schema.ts';
import { projectMeta } from './meta-projection.ts';
import { misfit, type OnMalformed, type Schema } from './shape.ts';
import { fieldsOf, textOf, withoutNulls } from './wire-fields.ts';

type Status = NonNullable<PortExposureReport['status']>;

const FIELDS: Readonly<Record<string, Schema>> = REPORT_STATUS_SCHEMA.properties;

/**
 * Projects a report. Whoever may edit reports may have written it, and an older definition may have let it through.
 * Of the status those fields stay that are as the definition says. The others are as if they had never been told.
 */
export function projectReport(
  wire: object,
  onMalformed: OnMalformed = () => {},
): PortExposureReport {
  const { metadata, spec, status } = fieldsOf(wire);
  const { apiVersion, kind, name } = fieldsOf(fieldsOf(spec).targetRef);
  const isTold = status !== undefined && status !== null;
  return {
    apiVersion: REPORT_API_VERSION,
    kind: REPORT_KIND,
    metadata: projectMeta(metadata, onMalformed),
    spec: {
      targetRef: { apiVersion: textOf(apiVersion), kind: textOf(kind), name: textOf(name) },
    },
    ...(isTold && { status: projectStatus(status, onMalformed) }),
  };
}

function projectStatus(status: unknown, onMalformed: OnMalformed): Status {
  const wrong = misfit({ type: 'object' }, status, 'status');
  if (wrong) onMalformed(wrong);
  const fields = Object.entries(fieldsOf(status)).filter(([name, value]) => {
    const schema = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (schema === undefined || value === null) return false;
    const field = misfit(schema, value, `status.${name}`);
    if (field) onMalformed(field);
    return field === undefined;
  });
  return fieldsOf(withoutNulls(Object.fromEntries(fields)));
}

/** A condition without its bookkeeping. */
export interface ConditionVerdict {
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
}

export function yes(reason: string, message: string): ConditionVerdict {
  return { status: 'True', reason, message };
}

export function no(reason: string, message: string): ConditionVerdict {
  return { status: 'False', reason, message };
}

export function unknown(reason: string, message: string): ConditionVerdict {
  return { status: 'Unknown', reason, message };
}

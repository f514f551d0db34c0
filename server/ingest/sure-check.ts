import * as z from 'zod/mini';

/** True only for a value that its schema accepts and gives back as it is. */
export type SureCheck = (value: unknown) => boolean;

/**
 * Makes a quick check of a schema, so that what is well-formed, as nearly everything is, need not pass through zod. It reads the schema
 * itself, so nothing is written twice; what it does not know, or would be changed by a default, it is not sure of. Zod decides then.
 */
export function sureCheckOf(schema: z.core.$ZodType): SureCheck {
  const check = shapeOf(schema);
  const rules = (schema._zod.def.checks ?? []).map(ruleOf);
  if (rules.length === 0) return check;
  // Moments and time zones are dear to check, and one message repeats them.
  let last: unknown;
  return (value) => {
    if (value === last && typeof value === 'string') return true;
    if (!check(value) || !rules.every((rule) => rule(value))) return false;
    last = value;
    return true;
  };
}

function shapeOf(schema: z.core.$ZodType): SureCheck {
  if (schema instanceof z.core.$ZodObject) return objectCheck(schema);
  if (schema instanceof z.core.$ZodDiscriminatedUnion) return unionCheck(schema);
  if (schema instanceof z.core.$ZodArray) return arrayCheck(schema);
  if (schema instanceof z.core.$ZodRecord) return recordCheck(schema);
  if (schema instanceof z.core.$ZodOptional || schema instanceof z.core.$ZodDefault)
    return sureCheckOf(schema._zod.def.innerType);
  if (schema instanceof z.core.$ZodEnum) return oneOf(Object.values(schema._zod.def.entries));
  if (schema instanceof z.core.$ZodLiteral) return oneOf(schema._zod.def.values);
  if (schema instanceof z.core.$ZodNumberFormat)
    return schema._zod.def.format === 'safeint' ? Number.isSafeInteger : never;
  if (schema instanceof z.core.$ZodNumber) return Number.isFinite;
  if (schema instanceof z.core.$ZodStringFormat) return never;
  if (schema instanceof z.core.$ZodString) return (value) => typeof value === 'string';
  if (schema instanceof z.core.$ZodBoolean) return (value) => typeof value === 'boolean';
  return never;
}

const never: SureCheck = () => false;

function oneOf(values: readonly unknown[]): SureCheck {
  const known = new Set(values);
  return (value) => known.has(value);
}

/** An object without unknown keys, as JSON.parse makes it: a key is its own, and `__proto__` is a key like any other. */
function objectCheck({ _zod: { def } }: z.core.$ZodObject): SureCheck {
  if (!(def.catchall instanceof z.core.$ZodNever)) return never;
  const fields = new Map(Object.entries(def.shape).map(([key, schema]) => [key, sureCheckOf(schema)]));
  const optional = new Set(
    Object.entries(def.shape).flatMap(([key, schema]) =>
      schema instanceof z.core.$ZodOptional ? [key] : [],
    ),
  );
  const required = fields.size - optional.size;
  return (value) => {
    if (!isRecord(value)) return false;
    let missing = required;
    for (const key in value) {
      if (fields.get(key)?.(value[key]) !== true) return false;
      if (!optional.has(key)) missing -= 1;
    }
    return missing === 0;
  };
}

function unionCheck({ _zod: { def } }: z.core.$ZodDiscriminatedUnion): SureCheck {
  const { discriminator } = def;
  const options = new Map<unknown, SureCheck>();
  for (const option of def.options) {
    const tag = option instanceof z.core.$ZodObject ? option._zod.def.shape[discriminator] : undefined;
    if (!(tag instanceof z.core.$ZodLiteral)) return never;
    for (const value of tag._zod.def.values) options.set(value, sureCheckOf(option));
  }
  return (value) => isRecord(value) && options.get(value[discriminator])?.(value) === true;
}

function arrayCheck({ _zod: { def } }: z.core.$ZodArray): SureCheck {
  const element = sureCheckOf(def.element);
  return (value) => Array.isArray(value) && value.every(element);
}

function recordCheck({ _zod: { def } }: z.core.$ZodRecord): SureCheck {
  const [keys, values] = [sureCheckOf(def.keyType), sureCheckOf(def.valueType)];
  return (value) => {
    if (!isRecord(value)) return false;
    for (const key in value) if (key === '__proto__' || !keys(key) || !values(value[key])) return false;
    return true;
  };
}

function ruleOf(rule: z.core.$ZodCheck): SureCheck {
  if (rule instanceof z.core.$ZodCheckRegex) {
    const { pattern } = rule._zod.def;
    return pattern.global || pattern.sticky
      ? never
      : (value) => typeof value === 'string' && pattern.test(value);
  }
  if (rule instanceof z.core.$ZodCheckMinLength)
    return lengthCheck((length) => length >= rule._zod.def.minimum);
  if (rule instanceof z.core.$ZodCheckMaxLength)
    return lengthCheck((length) => length <= rule._zod.def.maximum);
  if (rule instanceof z.core.$ZodCheckGreaterThan || rule instanceof z.core.$ZodCheckLessThan) {
    const { value: limit, inclusive } = rule._zod.def;
    if (typeof limit !== 'number') return never;
    const sign = rule instanceof z.core.$ZodCheckGreaterThan ? 1 : -1;
    return (value) =>
      typeof value === 'number' && (sign * (value - limit) > 0 || (inclusive && value === limit));
  }
  if (rule instanceof z.core.$ZodCustom) {
    const { fn } = rule._zod.def;
    return (value) => fn(value) === true;
  }
  return never;
}

function lengthCheck(fits: (length: number) => boolean): SureCheck {
  return (value) => (typeof value === 'string' || Array.isArray(value)) && fits(value.length);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

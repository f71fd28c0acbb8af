import { parseSync, Visitor } from 'oxc-parser'

/** What an operator is replaced by. */
const SWAPPED = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&&': '||',
  '||': '&&',
}

/**
 * The faults that can be put into a source, in the order of their places: `{ start, end, text, name }`, where `text`
 * replaces what lies between two offsets. They are the usual ones of mutation testing: operators and literals changed,
 * conditions forced, statements and `await` left out. Types, imports and texts are not touched.
 * Throws where the source cannot be parsed.
 */
export function findFaults(file, source) {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0].message}`)
  const faults = []
  const types = []
  const add = ({ start, end }, text, name) => faults.push({ start, end, text, name })
  const textOf = ({ start, end }) => source.slice(start, end)
  const swapOperator = ({ left, right, operator, start, end }) => {
    const swapped = SWAPPED[operator]
    if (swapped === undefined || (operator === '+' && [left, right].some(isText))) return
    const between = source.slice(left.end, right.start).replace(operator, swapped)
    add({ start, end }, textOf(left) + between + textOf(right), `${operator} is ${swapped}`)
  }
  new Visitor({
    BinaryExpression: swapOperator,
    LogicalExpression(node) {
      if (node.operator === '??') add(node, textOf(node.left), 'what stands after ?? is left out')
      else swapOperator(node)
    },
    UnaryExpression(node) {
      if (node.operator === '!') add(node, textOf(node.argument), '! is left out')
    },
    Literal(node) {
      if (typeof node.value === 'boolean') add(node, String(!node.value), `${node.value} is ${!node.value}`)
      else if (typeof node.value === 'number')
        add(node, String(node.value + 1), `${node.raw} is ${node.value + 1}`)
    },
    IfStatement({ test }) {
      add(test, 'true', 'a condition always holds')
      add(test, 'false', 'a condition never holds')
    },
    ConditionalExpression(node) {
      const [first, second] = [textOf(node.consequent), textOf(node.alternate)]
      add(node, `${textOf(node.test)} ? ${second} : ${first}`, 'the branches are exchanged')
    },
    ExpressionStatement(node) {
      if (typeof node.directive !== 'string') add(node, ';', 'a statement is left out')
    },
    AwaitExpression(node) {
      add(node, textOf(node.argument), 'await is left out')
    },
    TSLiteralType: ({ start }) => types.push(start),
  }).visit(program)
  return faults.filter(({ start }) => !types.includes(start)).toSorted((a, b) => a.start - b.start)
}

/** Whether `+` joins texts here, as far as can be seen. */
function isText({ type, value, left, right }) {
  if (type === 'TemplateLiteral' || typeof value === 'string') return true
  return type === 'BinaryExpression' && [left, right].some(isText)
}

/** The source with a fault in it. */
export function withFault(source, { start, end, text }) {
  return source.slice(0, start) + text + source.slice(end)
}

/** Numbers from 0 to 1 that are the same for the same seed: mulberry32, by Tommy Ettinger, in the public domain. */
export function seededRandom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

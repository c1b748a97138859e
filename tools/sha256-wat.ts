// SHA-256 as WebAssembly text: one scalar compressor for single messages, one 4-lane SIMD compressor for
// trees. Both come from one emitter, since FIPS 180-4 §6.2 is the same program over i32 and over i32x4.
// Sixteen rounds are unrolled (the working variables change names instead of places) and run four times; the
// message schedule lives in sixteen locals.

const primes = (count: number): bigint[] => {
  const found: bigint[] = []
  for (let n = 2n; found.length < count; n++) if (found.every((p) => n % p !== 0n)) found.push(n)
  return found
}

/**
 * The first 32 bits of the fraction of the k-th root of n, as FIPS 180-4 §4.2.2 and §5.3.3 define the
 * constants.
 */
const fraction = (n: bigint, k: bigint): number => {
  const scaled = n << (32n * k)
  let low = 0n
  let high = n << 32n
  while (low + 1n < high) {
    const middle = (low + high) >> 1n
    if (middle ** k <= scaled) low = middle
    else high = middle
  }
  return Number(low & 0xffffffffn)
}

export const ROUND_CONSTANTS = primes(64).map((p) => fraction(p, 3n))
export const INITIAL_STATE = primes(8).map((p) => fraction(p, 2n))

type Lane = {
  type: string
  add(a: string, b: string): string
  xor(a: string, b: string): string
  and(a: string, b: string): string
  rotr(x: string, bits: number): string
  shr(x: string, bits: number): string
  constant(round: number): string
}

const get = (name: string) => `(local.get $${name})`
const set = (name: string, value: string) => `(local.set $${name} ${value})`

const scalar: Lane = {
  type: 'i32',
  add: (a, b) => `(i32.add ${a} ${b})`,
  xor: (a, b) => `(i32.xor ${a} ${b})`,
  and: (a, b) => `(i32.and ${a} ${b})`,
  rotr: (x, bits) => `(i32.rotr ${x} (i32.const ${bits}))`,
  shr: (x, bits) => `(i32.shr_u ${x} (i32.const ${bits}))`,
  constant: (round) => `(i32.load offset=${4 * round} ${get('k')})`,
}

const shift = (x: string, bits: number, way: string) => `(i32x4.${way} ${x} (i32.const ${bits}))`

const simd: Lane = {
  type: 'v128',
  add: (a, b) => `(i32x4.add ${a} ${b})`,
  xor: (a, b) => `(v128.xor ${a} ${b})`,
  and: (a, b) => `(v128.and ${a} ${b})`,
  rotr: (x, bits) => `(v128.or ${shift(x, bits, 'shr_u')} ${shift(x, 32 - bits, 'shl')})`,
  shr: (x, bits) => shift(x, bits, 'shr_u'),
  constant: (round) => `(v128.load32_splat offset=${4 * round} ${get('k')})`,
}

/** Where the module keeps the running state of the message that `digest` ends. */
const STATE = 288

const SIXTEEN = Array.from({ length: 16 }, (_, i) => i)
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

const sigma = (lane: Lane, name: string, bits: [number, number, number], last: 'rotr' | 'shr') =>
  lane.xor(
    lane.xor(lane.rotr(get(name), bits[0]), lane.rotr(get(name), bits[1])),
    lane[last](get(name), bits[2]),
  )

/** One round; `ch` and `maj` in the forms with the fewest operations. */
const round = (lane: Lane, index: number): string[] => {
  const name = (at: number) => NAMES[(at - index + 64) % 8]!
  const [a, b, c, d] = [name(0), name(1), name(2), name(3)]
  const [e, f, g, h] = [name(4), name(5), name(6), name(7)]
  const ch = lane.xor(get(g), lane.and(get(e), lane.xor(get(f), get(g))))
  const maj = lane.xor(lane.and(get(a), get(b)), lane.and(get(c), lane.xor(get(a), get(b))))
  const t1 = lane.add(
    lane.add(get(h), lane.add(lane.constant(index), get(`w${index}`))),
    lane.add(sigma(lane, e, [6, 11, 25], 'rotr'), ch),
  )
  return [
    set('t', t1),
    set(d, lane.add(get(d), get('t'))),
    set(h, lane.add(get('t'), lane.add(sigma(lane, a, [2, 13, 22], 'rotr'), maj))),
  ]
}

const schedule = (lane: Lane, index: number): string => {
  const w = (back: number) => `w${(index + 16 - back) % 16}`
  return set(
    w(16),
    lane.add(
      lane.add(get(w(16)), sigma(lane, w(15), [7, 18, 3], 'shr')),
      lane.add(get(w(7)), sigma(lane, w(2), [17, 19, 10], 'shr')),
    ),
  )
}

/** The 64 rounds on `a`…`h` and `w0`…`w15`; expects the local `k`. */
const rounds = (lane: Lane): string => {
  return `
    ${set('k', '(i32.const 0)')}
    (loop $more
      ${SIXTEEN.flatMap((i) => round(lane, i)).join('\n')}
      ${set('k', `(i32.add ${get('k')} (i32.const 64))`)}
      (if (i32.lt_u ${get('k')} (i32.const 256)) (then
        ${SIXTEEN.map((i) => schedule(lane, i)).join('\n')}
        (br $more))))`
}

const locals = (lane: Lane): string =>
  [...NAMES, ...SIXTEEN.map((i) => `w${i}`), 't'].map((name) => `(local $${name} ${lane.type})`).join(' ')

const swapped = (word: string): string => {
  const half = (way: string, mask: string) =>
    `(i32.and (i32.${way} ${word} (i32.const 8)) (i32.const ${mask}))`
  return `(i32.or ${half('rotl', '0x00ff00ff')} ${half('rotr', '0xff00ff00')})`
}

/**
 * compress(state, at, blocks): the running state at `state` (8 words, native) takes in `blocks` 64-byte
 * blocks.
 */
const compress = (): string => `
  (func $compress (export "compress") (param $state i32) (param $at i32) (param $blocks i32)
    (local $k i32) ${locals(scalar)}
    (block $done (loop $next
      (br_if $done (i32.eqz ${get('blocks')}))
      ${SIXTEEN.map((i) => set(`w${i}`, swapped(`(i32.load offset=${4 * i} ${get('at')})`))).join('\n')}
      ${NAMES.map((n, i) => set(n, `(i32.load offset=${4 * i} ${get('state')})`)).join('\n')}
      ${rounds(scalar)}
      ${NAMES.map(
        (n, i) => `(i32.store offset=${4 * i} ${get('state')}
          (i32.add ${get(n)} (i32.load offset=${4 * i} ${get('state')})))`,
      ).join('\n')}
      ${set('at', `(i32.add ${get('at')} (i32.const 64))`)}
      ${set('blocks', `(i32.sub ${get('blocks')} (i32.const 1))`)}
      (br $next))))`

/**
 * digest(at, rest, total, out): the last `rest` bytes of a message of `total` bytes lie at `at`, with at
 * least 72 bytes of room behind them; the state at 288 becomes the digest at `out`, and is the initial state
 * again afterwards.
 */
const digest = (): string => `
  (func $reset (memory.copy (i32.const ${STATE}) (i32.const 256) (i32.const 32)))
  (func (export "digest") (param $at i32) (param $rest i32) (param $total f64) (param $out i32)
    (local $end i32) (local $last i32) (local $bits i64)
    ${set('end', `(i32.add ${get('at')} ${get('rest')})`)}
    (i32.store8 ${get('end')} (i32.const 0x80))
    ${set('end', `(i32.add ${get('end')} (i32.const 1))`)}
    ${set('last', `(i32.add ${get('at')} (i32.and (i32.add ${get('rest')} (i32.const 8)) (i32.const -64)))`)}
    (memory.fill ${get('end')} (i32.const 0) (i32.sub (i32.add ${get('last')} (i32.const 56)) ${get('end')}))
    ${set('bits', `(i64.shl (i64.trunc_f64_u ${get('total')}) (i64.const 3))`)}
    ${set('end', '(i32.wrap_i64 (i64.shr_u (local.get $bits) (i64.const 32)))')}
    (i32.store offset=56 ${get('last')} ${swapped(get('end'))})
    ${set('end', '(i32.wrap_i64 (local.get $bits))')}
    (i32.store offset=60 ${get('last')} ${swapped(get('end'))})
    (call $compress (i32.const ${STATE}) ${get('at')}
      (i32.add (i32.const 1) (i32.shr_u (i32.sub ${get('last')} ${get('at')}) (i32.const 6))))
    ${Array.from({ length: 8 }, (_, i) => {
      const word = `(i32.load (i32.const ${STATE + 4 * i}))`
      return `(i32.store offset=${4 * i} ${get('out')} ${swapped(word)})`
    }).join('\n')}
    (call $reset))
  (start $reset)`

/** Picks 32-bit words out of two vectors, the bytes of each word swapped if `swap`. */
const pick = (words: number[], swap: boolean, from: string, other: string): string => {
  const bytes = words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + (swap ? 3 - byte : byte)))
  return `(i8x16.shuffle ${bytes.join(' ')} ${from} ${other})`
}

/** Turns four vectors that hold one lane's words each into four that hold one word of each lane, or back. */
const transpose = (from: string[], to: string[], swap: boolean): string =>
  [
    set('x', pick([0, 4, 1, 5], swap, from[0]!, from[1]!)),
    set('y', pick([0, 4, 1, 5], swap, from[2]!, from[3]!)),
    set('u', pick([2, 6, 3, 7], swap, from[0]!, from[1]!)),
    set('v', pick([2, 6, 3, 7], swap, from[2]!, from[3]!)),
    set(to[0]!, pick([0, 1, 4, 5], false, get('x'), get('y'))),
    set(to[1]!, pick([2, 3, 6, 7], false, get('x'), get('y'))),
    set(to[2]!, pick([0, 1, 4, 5], false, get('u'), get('v'))),
    set(to[3]!, pick([2, 3, 6, 7], false, get('u'), get('v'))),
  ].join('\n')

const LANES = [0, 1, 2, 3]

const loadBlock = (): string =>
  LANES.map((quarter) =>
    transpose(
      LANES.map((lane) => `(v128.load offset=${16 * quarter} ${get(`m${lane}`)})`),
      LANES.map((word) => `w${4 * quarter + word}`),
      true,
    ),
  ).join('\n')

const storeDigests = (): string =>
  [0, 1]
    .map((half) => {
      const state = LANES.map((word) => get(`s${4 * half + word}`))
      const stores = LANES.map(
        (lane) => `(v128.store offset=${32 * lane + 16 * half} ${get('out')} ${get(`w${lane}`)})`,
      )
      return [transpose(state, ['w0', 'w1', 'w2', 'w3'], true), ...stores].join('\n')
    })
    .join('\n')

/**
 * lanes(at, groups, blocks, out): 4 * groups padded messages of `blocks` blocks each lie one after the other
 * at `at`; their digests are written one after the other at `out`.
 */
const lanes = (): string => `
  (func (export "lanes") (param $at i32) (param $groups i32) (param $blocks i32) (param $out i32)
    (local $k i32) (local $left i32) ${LANES.map((lane) => `(local $m${lane} i32)`).join(' ')}
    ${['x', 'y', 'u', 'v', ...NAMES.map((_, i) => `s${i}`)].map((n) => `(local $${n} v128)`).join(' ')}
    ${locals(simd)}
    (block $done (loop $next
      (br_if $done (i32.eqz ${get('groups')}))
      ${LANES.map((lane) =>
        set(`m${lane}`, `(i32.add ${get('at')} (i32.mul ${get('blocks')} (i32.const ${64 * lane})))`),
      ).join('\n')}
      ${NAMES.map((_, i) => set(`s${i}`, `(v128.load32_splat (i32.const ${256 + 4 * i}))`)).join('\n')}
      ${set('left', get('blocks'))}
      (loop $block
        ${loadBlock()}
        ${NAMES.map((n, i) => set(n, get(`s${i}`))).join('\n')}
        ${rounds(simd)}
        ${NAMES.map((n, i) => set(`s${i}`, simd.add(get(`s${i}`), get(n)))).join('\n')}
        ${LANES.map((lane) => set(`m${lane}`, `(i32.add ${get(`m${lane}`)} (i32.const 64))`)).join('\n')}
        (br_if $block ${'(local.tee $left (i32.sub (local.get $left) (i32.const 1)))'}))
      ${storeDigests()}
      ${set('at', `(i32.add ${get('at')} (i32.mul ${get('blocks')} (i32.const 256)))`)}
      ${set('out', `(i32.add ${get('out')} (i32.const 128))`)}
      ${set('groups', `(i32.sub ${get('groups')} (i32.const 1))`)}
      (br $next))))`

const little = (words: number[]): string =>
  words
    .flatMap((word) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24])
    .map((byte) => `\\${byte.toString(16).padStart(2, '0')}`)
    .join('')

/**
 * The whole module. It imports its memory as `host.memory`; the first 288 bytes hold the round constants and
 * the initial state, the next 32 the running state of `digest`.
 */
export const sha256Wat = (): string => `(module
  (import "host" "memory" (memory 1))
  (data (i32.const 0) "${little(ROUND_CONSTANTS)}${little(INITIAL_STATE)}")
  ${compress()}
  ${digest()}
  ${lanes()})
`

// Answers a question of rival_bento.cc: `node measure.mjs hit KEYS CALLS PASSES` or `node measure.mjs one CALLS PASSES`.
// Each pass prints one line of numbers.
import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'

const kValueBytes = 1024
const kZipfExponent = 0.99
const [what, ...numbers] = process.argv.slice(2)

const memory = memoryDriver({ maxItems: 200_000, serialize: false })  // As quick as it gets: no JSON.
const cache = new BentoCache({ default: 'memory', ttl: '24h', stores: { memory: bentostore().useL1Layer(memory) } })
const now = () => Number(process.hrtime.bigint())
const fail = (why) => { throw new Error(why) }

function zipfPicks(count, keys) {
  const upTo = new Float64Array(keys)
  let sum = 0
  for (let rank = 0; rank < keys; ++rank) upTo[rank] = sum += (rank + 1) ** -kZipfExponent
  return Array.from({ length: count }, () => {
    const chance = Math.random() * sum
    let low = 0
    for (let high = keys - 1; low < high;) {
      const middle = (low + high) >> 1
      if (upTo[middle] > chance) high = middle
      else low = middle + 1
    }
    return (low * 2654435761) % keys
  })
}

// Nanoseconds of a call: the median of batches of 64.
async function medianNs(picks, call) {
  const kBatch = 64
  const times = []
  for (let i = 0; i + kBatch <= picks.length; i += kBatch) {
    const began = now()
    for (let j = i; j < i + kBatch; ++j) if ((await call(picks[j])).length !== kValueBytes) fail('another value')
    times.push((now() - began) / kBatch)
  }
  return times.sort((a, b) => a - b)[times.length >> 1]
}

// Nanoseconds of a hit: by `get`, by `getOrSet`.
async function hit(keyCount, calls, passes) {
  const keys = Array.from({ length: keyCount }, (_, i) => `bench:book:asin=B${String(i).padStart(9, '0')}`)
  for (const key of keys) await cache.set({ key, value: key.padEnd(kValueBytes, 'x') })
  const picks = zipfPicks(calls, keyCount)
  const factory = () => fail('a hit was to be had')
  for (let pass = 0; pass <= passes; ++pass) {
    const getNs = await medianNs(picks, (pick) => cache.get({ key: keys[pick] }))
    const getOrSetNs = await medianNs(picks, (pick) => cache.getOrSet({ key: keys[pick], factory }))
    if (pass > 0) console.log(getNs, getOrSetNs)  // The first warmed it.
  }
}

// Microseconds of all hits on a key after its load of 1 ms, and of a herd's calls together.
async function one(calls, passes) {
  for (let pass = 0; pass <= passes; ++pass) {
    let loads = 0
    const factory = async () => {
      ++loads
      await new Promise((resolve) => setTimeout(resolve, 1))
      return 'x'.repeat(kValueBytes)
    }
    await cache.getOrSet({ key: `row:${pass}`, factory })
    let began = now()
    for (let i = 1; i < calls; ++i) await cache.getOrSet({ key: `row:${pass}`, factory })
    const hitsUs = (now() - began) / 1e3
    if (loads !== 1) fail('more than one load')
    began = now()
    await Promise.all(Array.from({ length: calls }, () => cache.getOrSet({ key: `herd:${pass}`, factory })))
    if (loads !== 2) fail('more than one load of a herd')
    if (pass > 0) console.log(hitsUs, (now() - began) / 1e3)
  }
}

await { hit, one }[what](...numbers.map(Number))

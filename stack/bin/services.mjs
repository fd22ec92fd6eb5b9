/**
 * Before the tests: the real services they run against. Installs what is missing with apt-get where it may,
 * and says what to install where it may not.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const NEEDED = [
  { debian: 'influxdb', files: ['/usr/bin/influxd'] },
  { debian: 'mosquitto', files: ['/usr/sbin/mosquitto'] },
  { debian: 'mosquitto-clients', files: ['/usr/bin/mosquitto_pub'] },
  { debian: 'socat', files: ['/usr/bin/socat'] },
  { debian: 'chromium', files: ['/usr/bin/chromium'] },
]

const missing = NEEDED.filter(({ files }) => !files.every((file) => existsSync(file))).map(({ debian }) => debian)
if (missing.length > 0) {
  const hand = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  process.stdout.write(mayInstall ? `Installing for the tests: ${missing.join(', ')}\n` : '')
  const done =
    mayInstall &&
    spawnSync('sh', ['-c', hand], {
      stdio: ['ignore', 'ignore', 'inherit'],
      // A package whose service starts by itself would hold ports: the tests start their own.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    }).status === 0
  if (!done) {
    process.stderr.write(`The tests run against real services. Please install them first:\n  ${hand}\n`)
    process.exit(1)
  }
}

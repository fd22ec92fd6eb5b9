import { element } from '../dom.js'
import { words } from '../words.js'

export function signInView(done) {
  const w = words()
  const wrong = element('p', { class: 'bad', role: 'alert' })
  const form = element(
    'form',
    { class: 'signin' },
    element('label', {}, w.name, element('input', { name: 'name', autocomplete: 'username', required: '' })),
    element(
      'label',
      {},
      w.password,
      element('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: '' }),
    ),
    element('button', {}, w.signIn),
    wrong,
  )
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const body = JSON.stringify(Object.fromEntries(new FormData(form)))
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    if (response.ok) return done()
    wrong.textContent = (await response.json()).message
  })
  return element('section', {}, element('h1', {}, w.signIn), form)
}

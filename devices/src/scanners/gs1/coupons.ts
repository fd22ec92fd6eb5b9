import { validDate } from './dates.ts'

/** A reader of digit fields that remembers whether all it was asked for was there and allowed. */
interface Fields {
  ok: boolean
  /** The next `count` digits; '' and `ok = false` if there are fewer. */
  digits(count: number): string
  /** The next digit, which must be one of `allowed`. */
  oneOf(allowed: string): string
  /** A field whose length is stated by the digit before it: one of `allowed`, plus `plus`. */
  counted(allowed: string, plus: number): string
  /** Whether the next digit is `marker`; if so it is consumed. */
  opens(marker: string): boolean
  rest(): string
}

function fields(text: string): Fields {
  let at = 0
  return {
    ok: /^\d+$/.test(text),
    digits(count) {
      const field = text.slice(at, at + count)
      if (field.length < count) this.ok = false
      at += count
      return field
    },
    oneOf(allowed) {
      const digit = this.digits(1)
      if (digit === '' || !allowed.includes(digit)) this.ok = false
      return digit
    },
    counted(allowed, plus) {
      const length = this.oneOf(allowed)
      return this.ok ? this.digits(Number(length) + plus) : ''
    },
    opens(marker) {
      if (text.charAt(at) !== marker) return false
      at++
      return true
    },
    rest: () => text.slice(at),
  }
}

/** Whether the text is a North American coupon code as AI 8110 carries it (GS1 US coupon guideline). */
export function validCoupon(text: string): boolean {
  const f = fields(text)
  f.counted('0123456', 6) // company prefix
  f.digits(6) // offer
  f.counted('12345', 0) // save value
  purchase(f)
  if (f.opens('1')) {
    f.oneOf('0123')
    purchase(f)
    optionalPrefix(f)
  }
  if (f.opens('2')) {
    purchase(f)
    optionalPrefix(f)
  }
  const expires = f.opens('3') ? f.digits(6) : ''
  const starts = f.opens('4') ? f.digits(6) : ''
  if (f.opens('5')) f.counted('0123456789', 6) // serial number
  if (f.opens('6')) f.counted('1234567', 6) // retailer
  if (f.opens('9')) {
    f.oneOf('01256') // save value code
    f.oneOf('012') // applies to item
    f.digits(1) // store coupon
    f.oneOf('01') // do not multiply
  }
  const dates = [expires, starts].every((date) => date === '' || validDate(date, { dayZero: false }))
  return f.ok && f.rest() === '' && dates && (expires === '' || starts <= expires)
}

/** Whether the text is a positive offer coupon code as AI 8112 carries it (GS1 AI (8112) coupon data specification). */
export function validPositiveOffer(text: string): boolean {
  const f = fields(text)
  f.oneOf('01') // format
  f.counted('0123456', 6) // funder
  f.digits(6) // offer
  f.counted('0123456789', 6) // serial number
  return f.ok && f.rest() === ''
}

function purchase(f: Fields): void {
  f.counted('12345', 0) // requirement
  f.oneOf('012349') // requirement code
  f.digits(3) // family code
}

/** 9 states that there is no company prefix. */
function optionalPrefix(f: Fields): void {
  if (!f.opens('9')) f.counted('0123456', 6)
}

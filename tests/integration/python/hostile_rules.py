"""What a hostile bank can do with the fields and messages that the rules of Payment Connect
brought: payers, proxies and exchanges that are malformed, answers to quotes that nobody asked for,
rate sheets, absence, returns. Cases of hostile_bank.py, which has the run and its names;
raw_bank.py has the wire."""
import uuid

from lowu.v1 import participant_pb2 as pb
from lowu.v1 import types_pb2 as types
from raw_bank import check, field, transfer_bytes

NOBODYS = "6f1c3f0e-6a53-4b0d-9d3e-0123456789ab"
MOBILE = types.Proxy(kind=types.PROXY_KIND_MOBILE, value="+86-13800138000")


def is_rejected(bank, message, field_name):
    reject = bank.take_reject(bank.send(message))
    check(reject.field == field_name, f"names {field_name}, not {reject.field!r}")
    check(reject.rule, "the reject says the rule")
    return reject


def payer(**changed):
    """The payer of a transfer, changed; what is None is cleared."""
    def change(transfer):
        for name, value in changed.items():
            if value is None:
                transfer.payer.ClearField(name)
            else:
                setattr(transfer.payer, name, value)
    return change


def proxy(reference=7, keep_account=False, **of_proxy):
    def change(transfer):
        if not keep_account:
            transfer.payee_account = ""
        transfer.payee_proxy.proxy.CopyFrom(types.Proxy(**of_proxy) if of_proxy else MOBILE)
        transfer.payee_proxy.reference = reference
    return change


def exchange(**changed):
    def change(transfer):
        transfer.exchange.quote_id = str(uuid.uuid4())
        transfer.exchange.hkd_minor = 109
        transfer.exchange.rate_e8 = 92_000_000
        for name, value in changed.items():
            setattr(transfer.exchange, name, value)
    return change


def plain(**changed):
    def change(transfer):
        for name, value in changed.items():
            setattr(transfer, name, value)
    return change


def both(*changes):
    def change(transfer):
        for one in changes:
            one(transfer)
    return change


def malformed(bank):
    """Instructions that are wrong whatever the rail's state: name, change, field to be named."""
    domestic = plain(service=types.SERVICE_DOMESTIC, payee_agent="LW9")
    mobile, email = types.PROXY_KIND_MOBILE, types.PROXY_KIND_EMAIL
    return [
        ("no service", plain(service=0), "service"),
        ("a service of a later version", plain(service=99), "service"),
        ("a domestic payment to the other rail", plain(service=types.SERVICE_DOMESTIC),
         "payee_agent"),
        ("a domestic payment to one's own bank",
         plain(service=types.SERVICE_DOMESTIC, payee_agent=bank.code), "payee_agent"),
        ("a remittance to one's own rail", plain(payee_agent="LW9"), "payee_agent"),
        ("HKD across the boundary", plain(currency=types.CURRENCY_HKD), "currency"),
        ("no purpose", plain(purpose=0), "purpose"),
        ("a purpose of a later version", plain(purpose=99), "purpose"),
        ("no payer", lambda transfer: transfer.ClearField("payer"), "payer"),
        ("a payer of no kind", payer(kind=0), "payer"),
        ("a payer of a later version", payer(kind=99), "payer"),
        ("a document of a later version", payer(document=99), "payer"),
        ("a person without token", payer(token=None), "payer"),
        ("a token of 15 bytes", payer(token=b"x" * 15), "payer"),
        ("a token of 17 bytes", payer(token=b"x" * 17), "payer"),
        ("a token of nothing but zeros", payer(token=bytes(16)), "payer"),
        ("a token without version", payer(token_version=0), "payer"),
        ("a previous token of 3 bytes", payer(previous_token=b"abc"), "payer"),
        ("a company with a person's token", payer(kind=types.PARTY_KIND_COMPANY), "payer"),
        ("a company with a previous token only",
         payer(kind=types.PARTY_KIND_COMPANY, document=0, token=None, token_version=0,
               previous_token=b"x" * 16), "payer"),
        ("neither account nor proxy", plain(payee_account=""), "payee_account"),
        ("account and proxy", proxy(keep_account=True), "payee_account"),
        ("a proxy of no kind", proxy(kind=0, value="x"), "payee_proxy"),
        ("a proxy of a later version", proxy(kind=99, value="x"), "payee_proxy"),
        ("an e-mail address on the Mainland", proxy(kind=email, value="a@b.cn"), "payee_proxy"),
        ("a mobile number without country", proxy(kind=mobile, value="13800138000"),
         "payee_proxy"),
        ("a mobile number of 300 digits", proxy(kind=mobile, value="+86-" + "1" * 300),
         "payee_proxy"),
        ("an empty proxy", both(proxy(), lambda one: one.payee_proxy.ClearField("proxy")),
         "payee_proxy"),
        ("a proxy that was never looked up", proxy(reference=0), "payee_proxy"),
        ("a quote that has no UUID", exchange(quote_id="quote-1"), "exchange"),
        ("a quote with an UUID in upper case",
         exchange(quote_id="6F1C3F0E-6A53-4B0D-9D3E-0123456789AB"), "exchange"),
        ("an exchange of nothing", exchange(hkd_minor=0), "exchange"),
        ("an exchange of less than nothing", exchange(hkd_minor=-109), "exchange"),
        ("an exchange of all there is", exchange(hkd_minor=(1 << 63) - 1), "exchange"),
        ("a rate of zero", exchange(rate_e8=0), "exchange"),
        ("a rate below zero", exchange(rate_e8=-(1 << 63)), "exchange"),
        ("a rate beyond all rates", exchange(rate_e8=(1 << 63) - 1), "exchange"),
        ("an exchange within one rail", both(domestic, exchange()), "exchange"),
    ]


def instructions(run):
    """Each fault is named, and spends nothing."""
    bank = run.villain.connect()
    for name, change, field_name in malformed(bank):
        with run.named(f"{name}: rejected, names {field_name}, and the UETR stays free"):
            transfer = bank.transfer(*run.polite)
            right = pb.CreditTransfer()
            right.CopyFrom(transfer)
            change(transfer)
            reject = is_rejected(bank, pb.ParticipantMessage(credit_transfer=transfer), field_name)
            check(reject.uetr == transfer.uetr, "the reject names the UETR")
            bank.send(pb.ParticipantMessage(credit_transfer=right))
            outcome = bank.take_outcome(right.uetr, pb.SIDE_PAYER)
            check(outcome == "ACSC", f"the corrected instruction settles, not {outcome}")
    with run.named("the largest exchange is counted, not overflown"):
        transfer = bank.transfer(*run.polite)
        exchange(hkd_minor=99_999_999_999_999_999, rate_e8=100_000_000_000_000)(transfer)
        bank.send(pb.ParticipantMessage(credit_transfer=transfer))
        outcome = bank.take_outcome(transfer.uetr, pb.SIDE_PAYER)
        check(outcome == "RJCTAB04", f"its arithmetic is wrong, not {outcome}")
    with run.named("fields of a later version in payer, proxy and exchange are let through"):
        transfer = bank.transfer(*run.polite)
        later = field(99, b"later")
        payer_bytes = transfer.payer.SerializeToString() + later
        transfer.ClearField("payer")
        bank.send(encoded=[transfer_bytes(transfer, transfer.carried.SerializeToString(),
                                          field(11, payer_bytes))])
        outcome = bank.take_outcome(transfer.uetr, pb.SIDE_PAYER)
        check(outcome == "ACSC", f"it settles, not {outcome}")
    bank.close()


# Quotes.

def quote(query_id=1, **changed):
    answer = pb.QuoteAnswer(query_id=query_id, expires_ms=1, cny_minor=100, exchange=types.Exchange(
        quote_id=NOBODYS, hkd_minor=109, rate_e8=92_000_000))
    for name, value in changed.items():
        if value is None:
            answer.ClearField(name)
        else:
            setattr(answer, name, value)
    return answer


def quotes(run, frames=2_000):
    """Answers that nobody asked for, right and wrong ones."""
    bank, mainland = run.villain.connect(), run.mainland.connect()

    def frame(one, *answers):
        sent = one.frame()
        sent.quote_answers.extend(answers)
        return sent

    for name, answer in (
            ("with a quote and a reason", quote(reason_code="AC03")),
            ("with neither", quote(exchange=None)),
            ("with a reason in lower case", quote(exchange=None, reason_code="ac03")),
            ("with a reason of five letters", quote(exchange=None, reason_code="AC031")),
            ("of no amount", quote(cny_minor=0)),
            ("of less than nothing", quote(cny_minor=-1)),
            ("that never expires", quote(expires_ms=0)),
            ("of an empty exchange", pb.QuoteAnswer(query_id=1, expires_ms=1, cny_minor=100,
                                                    exchange=types.Exchange()))):
        with run.named(f"a quote answer {name}: ends the call, names quote_answers"):
            bank.connect()
            bank.session.send(frame(bank, answer))
            ended = bank.session.ending()
            check((ended.code, ended.detail.reason, ended.detail.field)
                  == ("INVALID_ARGUMENT", "MALFORMED_FIELD", "quote_answers"), f"not {ended}")
    with run.named("65 quote answers in a frame end the call"):
        bank.connect()
        bank.session.send(frame(bank, *[quote(i) for i in range(65)]))
        check(bank.session.ending().detail.field == "quote_answers", "names quote_answers")
    with run.named(f"{frames:,} frames of 64 answers that nobody asked for are dropped"):
        for one in (bank, mainland):
            one.connect()
            for start in range(frames // 2):
                one.session.send(frame(one, *[quote(start * 64 + i) for i in range(64)]))
            one.check_silence()
        run.pays_polite_bank(bank)
    bank.close()
    mainland.close()


# Rate sheets.

def sheet(bid_e8=91_000_000, ask_e8=92_000_000, valid_until_ms=1_900_000_000_000):
    return pb.ParticipantMessage(fx_rate_sheet=pb.FxRateSheet(
        bid_e8=bid_e8, ask_e8=ask_e8, valid_until_ms=valid_until_ms))


def rate_sheets(run, sheets=3_000):
    bank, mainland = run.villain.connect(), run.mainland.connect()
    largest = (1 << 63) - 1
    for name, message in (
            ("of nothing", sheet(bid_e8=0)),
            ("below nothing", sheet(bid_e8=-largest, ask_e8=-largest)),
            ("that buys dearer than it sells", sheet(bid_e8=92_000_001)),
            ("beyond all rates", sheet(ask_e8=largest)),
            ("that holds for no time", sheet(valid_until_ms=0))):
        with run.named(f"a rate sheet {name} is rejected"):
            is_rejected(bank, message, "fx_rate_sheet")
    with run.named("a rate sheet of a Mainland bank is rejected"):
        is_rejected(mainland, sheet(), "fx_rate_sheet")
    check(run.operator.rate_sheet(bank.code) is None, "no sheet has been taken up")
    with run.named(f"of {sheets:,} rate sheets the last one stands"):
        for first in range(0, sheets, 1_000):
            bank.send(*[sheet(bid_e8=80_000_000 + i) for i in range(first, first + 1_000)])
        bank.until(lambda: bank.acknowledged == bank.next_number - 1)
        bank.check_silence()
        check(run.operator.rate_sheet(bank.code).bid_e8 == 80_000_000 + sheets - 1, "the last")
    bank.close()
    mainland.close()


# Returns.

def returned(original, amount_minor=100, reason_code="MD06", uetr=None):
    return pb.ParticipantMessage(payment_return=pb.PaymentReturn(
        uetr=uetr or str(uuid.uuid4()), original_uetr=original, amount_minor=amount_minor,
        reason_code=reason_code))


def returns(run):
    """A bank that sends back what is not there, or more, or again and again."""
    payee, other, mainland = run.payee.connect(), run.villain.connect(), run.mainland.connect()

    def paid(amount_minor=100):
        """A settled payment from the Mainland to the payee's bank."""
        uetr = mainland.pay(payee.code, "P-1", amount_minor=amount_minor)
        payee.take_request(uetr)
        payee.credit_payee(uetr)
        check(mainland.take_outcome(uetr, pb.SIDE_PAYER) == "ACSC", "it settles")
        return uetr

    def outcome(bank, message):
        bank.send(message)
        return bank.take_outcome(message.payment_return.uetr, pb.SIDE_PAYER)

    def take_back(original):
        return mainland.take(lambda message: message.payment_returned.original_uetr == original,
                             f"what comes back of {original}")[1].payment_returned

    original = paid()
    for name, message, field_name in (
            ("without identity", returned(original, uetr="x"), "uetr"),
            ("of nothing that has an identity", returned("x"), "original_uetr"),
            ("of no money", returned(original, 0), "amount_minor"),
            ("of less than no money", returned(original, -1), "amount_minor"),
            ("for no reason", returned(original, reason_code=""), "reason_code"),
            ("for a reason that is none", returned(original, reason_code="AC03"), "reason_code")):
        with run.named(f"a return {name} is rejected"):
            is_rejected(payee, message, field_name)
    pending = mainland.pay(payee.code, "P-1")
    payee.take_request(pending)
    for name, bank, message, expected in (
            ("of what nobody has paid", payee, returned(NOBODYS), "RJCTAG09"),
            ("of what is not settled", payee, returned(pending), "RJCTAG09"),
            ("of what another bank was paid", other, returned(original), "RJCTAG09"),
            ("by the bank that has paid", mainland, returned(original), "RJCTAG09"),
            ("of one fen more than there was", payee, returned(original, 101), "RJCTAM09")):
        with run.named(f"a return {name} is refused"):
            said = outcome(bank, message)
            check(said == expected, f"{expected}, not {said}")
    with run.named("a payment comes back in parts, and no fen more than there was"):
        for _ in range(10):
            check(outcome(payee, returned(original, 10)) == "ACSC", "a part settles")
            check(take_back(original).amount_minor == 10, "and is told to the payer's bank")
        check(outcome(payee, returned(original, 1)) == "RJCTAM09", "nothing is left")
    with run.named("a return that is sent again is one, and other content under its UETR is none"):
        original, uetr = paid(), str(uuid.uuid4())
        for _ in range(3):
            check(outcome(payee, returned(original, 60, uetr=uetr)) == "ACSC", "the same answer")
        check(outcome(payee, returned(original, 40, uetr=uetr)) == "RJCTAM05", "another amount")
        check(outcome(other, returned(original, 60, uetr=uetr)) == "RJCTDUPL", "another bank")
        take_back(original)
        mainland.check_silence()
    with run.named("a return of a return is refused"):
        check(outcome(mainland, returned(uetr, 60)) == "RJCTAG09", "it was no payment")
    payee.credit_payee(pending)
    mainland.take_outcome(pending, pb.SIDE_PAYER)
    for one in (payee, other, mainland):
        one.close()


# Absence.

def absence(run, changes=1_000):
    """A bank that logs off and on as fast as it can. It stays off: the last case."""
    payee, bank, mainland = run.payee.connect(), run.villain.connect(), run.mainland.connect()

    def available(yes, expected_back_ms=0):
        return pb.ParticipantMessage(availability=pb.AvailabilityRequest(
            available=yes, expected_back_ms=expected_back_ms))

    with run.named("an absence until before all time is rejected"):
        is_rejected(bank, available(False, -1), "availability")
    with run.named("logging on while one is on says nothing to anybody"):
        bank.send(available(True))
        bank.check_silence()
        mainland.check_silence()
    with run.named(f"{changes:,} changes within ten seconds are one, told once to each"):
        first = bank.next_number
        bank.send(*[available(i % 2 == 1) for i in range(changes)])
        for one in (payee, bank, mainland):
            event = one.take_event(pb.SYSTEM_EVENT_KIND_LOGGED_OFF, bank.code)
            check(not event.forced, "by itself")
        for number in range(first + 1, first + changes, 2):
            check(bank.take_reject(number).field == "availability", "too soon")
        for one in (payee, bank, mainland):
            one.check_silence()
        check(run.operator.participant(bank.code).logged_off, "it is shown logged off")
    with run.named("payments to a bank that is off are refused at once, and so are its own"):
        for payer, other in ((mainland, bank), (bank, mainland)):
            outcome = payer.take_outcome(payer.pay(other.code, "X-1"), pb.SIDE_PAYER)
            expected = "RJCTAB08" if payer is mainland else "RJCTAB07"
            check(outcome == expected, f"{expected}, not {outcome}")
    with run.named("the others go on"):
        run.pays_payee()
    for one in (payee, bank, mainland):
        one.close()


CASES = (instructions, quotes, rate_sheets, returns, absence)

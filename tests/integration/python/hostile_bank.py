#!/usr/bin/env python3
"""Banks that are hostile, or merely unusual, against a real switch: what our own banks never say.
Plays three banks (two on FPS, one on IBPS); the fourth is a polite one of bank_sim. Prints one line
for each check and exits 1 when one was wrong.

Knows nothing of lowu but proto/. Started by tests/integration/hostile_test.cpp; the generated
classes must be importable. Start reading at main(); raw_bank.py has the wire, hostile_rules.py what
the rules of Payment Connect brought into the contract."""
import argparse
import contextlib
import random
import sys

import hostile_rules
from lowu.v1 import participant_pb2 as pb
from raw_bank import (CARRIED, FRAME_BYTES, FRAME_MESSAGES, Bank, Operator, Session, Wrong,
                      accepted, check, credited, field, rejected, transfer_bytes)

UNKNOWN = pb.ParticipantMessage()  # of no kind that anybody knows
NEVER_ASKED = "6f1c3f0e-6a53-4b0d-9d3e-0123456789ab"


class Run:
    """The banks, and what was found wrong."""

    def __init__(self, arguments):
        self.address = arguments.switch
        self.operator = Operator(arguments.switch)
        self.payee = Bank(self.address, arguments.banks[0])      # FPS
        self.villain = Bank(self.address, arguments.banks[1])    # FPS
        self.mainland = Bank(self.address, arguments.banks[2])   # IBPS
        self.polite = arguments.polite_bank.split(":")           # code and account, IBPS
        self.wrong = 0

    @contextlib.contextmanager
    def named(self, name):
        try:
            yield
            print(f"right: {name}", flush=True)
        except Exception as wrong:  # whatever it is, the next check is worth its turn
            self.wrong += 1
            print(f"WRONG: {name}: {type(wrong).__name__}: {wrong}", flush=True)

    def pays_polite_bank(self, bank):
        uetr = bank.pay(*self.polite)
        outcome = bank.take_outcome(uetr, pb.SIDE_PAYER)
        check(outcome == "ACSC", f"a payment to the polite bank settles, not {outcome}")

    def pays_payee(self):
        """From the Mainland bank to the payee's, both already connected."""
        uetr = self.mainland.pay(self.payee.code, "P-1")
        self.payee.take_request(uetr)
        self.payee.credit_payee(uetr)
        outcome = self.mainland.take_outcome(uetr, pb.SIDE_PAYER)
        check(outcome == "ACSC", f"a payment between the other banks settles, not {outcome}")


def carried_bytes(run):
    """Carried details that nobody can read must not reach the payee's bank."""
    bank = run.villain.connect()
    for name, carried in (
            ("that are no CarriedDetails", b"\xff\xff"),
            ("with a name that is no UTF-8", field(1, b"\xff\xfe") + field(2, b"payee")),
            ("that break off", b"\x0a\x7f" + b"name"),
            ("of 4,097 bytes", field(3, b"a" * 4094))):
        with run.named(f"carried details {name}: rejected, and the UETR stays free"):
            transfer = bank.transfer(*run.polite)
            number = bank.send(encoded=[transfer_bytes(transfer, carried)])
            reject = bank.take_reject(number)
            check(reject.field == "carried", f"the reject names carried, not {reject.field!r}")
            check(reject.rule, "the reject says the rule")
            check(reject.uetr == transfer.uetr, "the reject names the UETR")
            bank.send(pb.ParticipantMessage(credit_transfer=transfer))
            outcome = bank.take_outcome(transfer.uetr, pb.SIDE_PAYER)
            check(outcome == "ACSC", f"the corrected instruction settles, not {outcome}")
    with run.named("carried details with a field of a later version go through"):
        transfer = bank.transfer(*run.polite)
        bank.send(encoded=[transfer_bytes(transfer,
                                          CARRIED.SerializeToString() + field(99, b"later"))])
        outcome = bank.take_outcome(transfer.uetr, pb.SIDE_PAYER)
        check(outcome == "ACSC", f"it settles, not {outcome}")
    with run.named("the payee's bank goes on"):
        run.pays_polite_bank(bank)
        check(run.operator.participant(run.polite[0]).online, "it is online")
    bank.close()


def redelivery(run):
    """A bank that says what it holds in its hello, with credit, need not say more."""
    payee, mainland = run.payee.connect(), run.mainland.connect()
    with run.named("what the bank did not acknowledge comes again at once"):
        uetrs = [mainland.pay(payee.code, "P-1") for _ in range(3)]
        held = payee.received
        payee.polite = False
        for uetr in uetrs:
            payee.take_request(uetr)
        payee.drop()
        payee.received = held
        payee.connect(polite=False)
        for uetr in uetrs:
            payee.take_request(uetr)
    with run.named("what was put out while the bank was away comes at once"):
        payee.connect()
        waiting = payee.pay(mainland.code, "M-1")
        mainland.take_request(waiting)
        payee.drop()
        run.operator.wait_for(payee.code, lambda one: not one.online, "is shown offline")
        mainland.credit_payee(waiting)
        payee.connect(polite=False)
        outcome = payee.take_outcome(waiting, pb.SIDE_PAYER)
        check(outcome == "ACSC", f"it has settled, not {outcome}")
    with run.named("and all of it can still be answered"):
        payee.connect()
        for uetr in uetrs:
            payee.credit_payee(uetr)
            mainland.take_outcome(uetr, pb.SIDE_PAYER)
    payee.close()
    mainland.close()


def pile(run, payments=600):
    """Large requests pile up behind a bank that grants no credit."""
    payee, mainland = run.payee.connect(polite=False, window=0), run.mainland.connect()
    with run.named(f"{payments} large requests come in order, in frames of at most 1 MiB"):
        carried = pb.CreditTransfer(carried=CARRIED).carried
        carried.remittance_information = ""
        room = 4_096 - carried.ByteSize() - 3
        carried.remittance_information = "大" * (room // 3) + "x" * (room % 3)
        check(carried.ByteSize() == 4_096, "the largest there is")
        uetrs = []
        for start in range(0, payments, 200):  # frames of ours stay below 1 MiB too
            transfers = [mainland.transfer(payee.code, "P-1", carried=carried)
                         for _ in range(start, min(start + 200, payments))]
            mainland.send(*(pb.ParticipantMessage(credit_transfer=one) for one in transfers))
            uetrs += [one.uetr for one in transfers]
        run.operator.wait_for(payee.code, lambda one: one.outbox_length >= payments,
                              "the requests pile up")
        check(not payee.waiting, "nothing comes without credit")
        payee.window = 100 * payments
        payee.session.send(payee.frame())
        payee.until(lambda: len(payee.waiting) >= payments)
        came = [message.request.transfer for _, message in payee.waiting]
        check([one.uetr for one in came] == uetrs, "in the order of sending")
        check(all(one.carried == carried for one in came), "carried unchanged")
        print(f"       largest frame: {payee.largest_frame} bytes", flush=True)
    with run.named("they come again after a reconnect, when most bodies are cold, and settle"):
        payee.received -= len(payee.waiting)
        payee.connect()
        payee.until(lambda: len(payee.waiting) >= payments)
        check([message.request.transfer.uetr for _, message in payee.waiting] == uetrs,
              "in the order of sending")
        payee.waiting.clear()
        payee.send(*map(accepted, uetrs))
        for uetr in uetrs:
            check(payee.take_outcome(uetr, pb.SIDE_PAYEE) == "ACSC", "every one settles")
        payee.send(*map(credited, uetrs))
        for uetr in uetrs:
            check(mainland.take_outcome(uetr, pb.SIDE_PAYER) == "ACSC", "on both sides")
    payee.close()
    mainland.close()


def check_ending(ended, code, reason, field_name=""):
    check((ended.code, ended.detail.reason, ended.detail.field) == (code, reason, field_name),
          f"the call ends {code} {reason} {field_name!r}, not {ended}")


def pipelined_hello(run, rounds=20):
    """A valid hello right behind a first frame that ends the call must open nothing."""
    bank, witness = run.villain, run.payee.connect()
    bank.incarnation += 5
    bank.connect().close()
    older = bank.hello(incarnation=bank.incarnation - 1)
    for name, first, code, reason in (
            ("an older incarnation's hello", older, "FAILED_PRECONDITION", "OLDER_INCARNATION"),
            ("a first frame without hello", pb.ParticipantFrame(), "FAILED_PRECONDITION",
             "HELLO_MISSING"),
            ("the hello of nobody", bank.hello(participant="ZZ9"), "PERMISSION_DENIED",
             "UNKNOWN_PARTICIPANT")):
        with run.named(f"{name} with a valid one behind it opens no session"):
            for _ in range(rounds):
                session = Session(run.address)
                session.send(first)
                session.send(bank.hello())
                session.send(pb.ParticipantFrame(credit=bank.received + 1))
                check_ending(session.ending(), code, reason)
                witness.check_silence()  # the switch has taken up whatever came before this
                check(not run.operator.participant(bank.code).online, "it is shown offline")
    with run.named("the bank itself can connect after that"):
        bank.connect()
        check(run.operator.participant(bank.code).online, "it is shown online")
        run.pays_polite_bank(bank)
        bank.close()
    witness.close()


def random_frame():
    noise = random.Random(1)
    while True:
        data = noise.randbytes(300)
        try:
            pb.ParticipantFrame.FromString(data)
        except Exception:  # which one depends on protobuf's version
            return data


def faulty_frames(bank):
    """What is wrong in a session that was opened well: name, bytes or frame, expected ending."""
    state, gap = "FAILED_PRECONDITION", "NUMBER_GAP"
    malformed = ("INVALID_ARGUMENT", "MALFORMED_FIELD", "frame")
    return [
        ("a gap in numbers",
         bank.frame(UNKNOWN, first_number=bank.next_number + 1), state, gap, ""),
        ("messages without a number", bank.frame(UNKNOWN, first_number=0), state, gap, ""),
        ("a number near the end of all numbers",
         bank.frame(UNKNOWN, UNKNOWN, first_number=(1 << 64) - 1), state, gap, ""),
        ("an acknowledgement of what was never sent",
         bank.frame(acknowledged=bank.received + 1), state, "BAD_ACKNOWLEDGEMENT", ""),
        ("the largest acknowledgement",
         bank.frame(acknowledged=(1 << 64) - 1), state, "BAD_ACKNOWLEDGEMENT", ""),
        ("hello twice", bank.hello(), state, "HELLO_REPEATED", ""),
        ("hello of an older incarnation behind a valid one",
         bank.hello(incarnation=bank.incarnation - 1), state, "HELLO_REPEATED", ""),
        ("random bytes", random_frame(), *malformed),
        ("a UETR that is no UTF-8", field(3, field(1, field(1, b"\xff\xfe"))), *malformed),
        (f"{FRAME_MESSAGES + 1:,} messages",
         bank.frame(*[UNKNOWN] * (FRAME_MESSAGES + 1)), *malformed),
        ("a frame of more than 1 MiB",
         field(3, transfer_bytes(pb.CreditTransfer(), b"a" * FRAME_BYTES)), *malformed),
    ]


def faulty_hellos(bank):
    """First frames that are wrong: name, bytes or frame, expected ending."""
    state, malformed = "FAILED_PRECONDITION", ("INVALID_ARGUMENT", "MALFORMED_FIELD")
    with_message = bank.hello()
    with_message.first_number = bank.next_number
    with_message.messages.append(UNKNOWN)
    return [
        ("hello missing", bank.frame(UNKNOWN), state, "HELLO_MISSING", ""),
        ("a frame of nothing", b"", state, "HELLO_MISSING", ""),
        ("random bytes first", random_frame(), *malformed, "frame"),
        ("a hello without participant", bank.hello(participant=""), *malformed, "participant"),
        ("a wrong check digit", bank.hello(participant="123456789012"), *malformed,
         "participant"),
        ("a participant that is no UTF-8", field(1, field(1, b"\xff\xfe\xfd")), *malformed,
         "frame"),
        ("incarnation 0", bank.hello(incarnation=0), *malformed, "incarnation"),
        ("an older incarnation", bank.hello(incarnation=1), state, "OLDER_INCARNATION", ""),
        ("an unknown participant", bank.hello(participant="ZZ9"), "PERMISSION_DENIED",
         "UNKNOWN_PARTICIPANT", ""),
        ("last_received beyond what was sent", bank.hello(last_received=bank.received + 1),
         state, "NUMBER_GAP", ""),
        ("the largest last_received", bank.hello(last_received=(1 << 64) - 1), state,
         "NUMBER_GAP", ""),
        ("last_received below what was acknowledged", bank.hello(last_received=0), state,
         "NUMBER_GAP", ""),
        ("messages lost before they were sent",
         bank.hello(lowest_resendable=bank.next_number + 1), state, "NUMBER_GAP", ""),
        ("messages with hello, before any credit", with_message, "RESOURCE_EXHAUSTED",
         "BEYOND_CREDIT", ""),
    ]


def faults(run):
    """Each fault ends its own call, with a reason, and nothing else."""
    bank = run.villain.connect()
    run.payee.connect()
    run.mainland.connect()
    for name, frame, *expected in faulty_frames(bank):
        with run.named(f"{name}: ends the call with {expected[1]}"):
            bank.connect()
            bank.session.send(frame)
            check_ending(bank.session.ending(), *expected)
            bank.connect()
    bank.close()
    for name, frame, *expected in faulty_hellos(bank):
        with run.named(f"{name}: ends the call with {expected[1]}"):
            session = Session(run.address)
            session.send(frame)
            check_ending(session.ending(), *expected)
            bank.connect().close()
    with run.named("a frame larger than gRPC takes ends the call with an error"):
        bank.connect()
        bank.session.send(field(3, transfer_bytes(pb.CreditTransfer(), b"a" * 5 * FRAME_BYTES)))
        ended = bank.session.ending()
        check(ended.code in ("INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"), f"not {ended}")
        bank.connect().close()
    with run.named("a newer session ends the older one with TAKEN_OVER"):
        older = bank.connect().session
        bank.session = None
        bank.connect()
        check_ending(older.ending(), "ABORTED", "TAKEN_OVER")
        run.pays_polite_bank(bank)
    with run.named("nobody else is disturbed"):
        run.pays_polite_bank(bank)
        run.pays_payee()
        for one in (bank, run.payee, run.mainland):
            one.close()


def beyond_credit(run):
    """A bank that uses up its credit without taking what it is answered, and then one more."""
    bank = run.villain.connect(polite=False, window=0)
    with run.named("one message beyond the credit ends the call with BEYOND_CREDIT"):
        first = bank.next_number
        while bank.next_number <= bank.credit:
            count = min(FRAME_MESSAGES, bank.credit - bank.next_number + 1)
            bank.send(*[UNKNOWN] * count)
        bank.until(lambda: bank.acknowledged == bank.next_number - 1)
        check(bank.credit == bank.acknowledged, "credit comes with what the bank takes")
        bank.session.send(bank.frame(UNKNOWN))
        check_ending(bank.session.ending(), "RESOURCE_EXHAUSTED", "BEYOND_CREDIT")
    with run.named("every message within it has its answer in the next session"):
        sent = bank.next_number - first
        bank.connect()
        bank.until(lambda: len(bank.waiting) >= sent)
        check([message.message_reject.rejected_number for _, message in bank.waiting]
              == list(range(first, first + sent)), "one reject each, in order")
        bank.waiting.clear()
        bank.until(lambda: bank.credit >= bank.next_number)
        run.pays_polite_bank(bank)
    bank.close()


def answers(run):
    """Answers and reports that fit nothing."""
    payee, other, mainland = (run.payee.connect(), run.villain.connect(), run.mainland.connect())

    def is_rejected(bank, message, field_name):
        reject = bank.take_reject(bank.send(message))
        check(reject.field == field_name, f"names {field_name}, not {reject.field!r}")
        check(reject.rule, "the reject says the rule")
        return reject

    with run.named("an answer or report for what was never asked is rejected"):
        for message in (accepted(NEVER_ASKED), rejected(NEVER_ASKED), credited(NEVER_ASKED)):
            check(is_rejected(payee, message, "uetr").uetr == NEVER_ASKED, "with its UETR")
        check(is_rejected(payee, accepted("x"), "uetr").uetr == "", "malformed: without")
        payee.check_silence()
    with run.named("a message of an unknown kind is rejected"):
        later = field(1999, b"of a later version")
        for number in (payee.send(UNKNOWN), payee.send(encoded=[later])):
            reject = payee.take_reject(number)
            check(reject.rule and not reject.uetr, "with the rule, without UETR")
    uetr = mainland.pay(payee.code, "P-1")
    payee.take_request(uetr)
    with run.named("what is wrong with an answer leaves the request open"):
        is_rejected(payee, rejected(uetr, "ZZ99"), "reason_code")
        is_rejected(payee, rejected(uetr, ""), "reason_code")
        is_rejected(payee, pb.ParticipantMessage(answer=pb.CreditTransferAnswer(uetr=uetr)),
                    "answer")
        is_rejected(payee, pb.ParticipantMessage(answer={"uetr": uetr, "answer": 7}), "answer")
        is_rejected(other, accepted(uetr), "uetr")
        is_rejected(mainland, accepted(uetr), "uetr")
    with run.named("a credit report before the payment has settled is rejected"):
        is_rejected(payee, credited(uetr), "uetr")
        payee.check_silence()
    with run.named("the first answer stands, whatever is repeated"):
        payee.credit_payee(uetr)
        payee.send(accepted(uetr), rejected(uetr), credited(uetr))
        payee.check_silence()
        check(mainland.take_outcome(uetr, pb.SIDE_PAYER) == "ACSC", "it has settled")
    with run.named("a refused request stays refused, and cannot be credited"):
        uetr = mainland.pay(payee.code, "P-1")
        payee.take_request(uetr)
        payee.send(rejected(uetr))
        check(payee.take_outcome(uetr, pb.SIDE_PAYEE) == "RJCTAC03", "void to the payee's bank")
        payee.send(accepted(uetr))
        is_rejected(payee, credited(uetr), "uetr")
        payee.check_silence()
        check(mainland.take_outcome(uetr, pb.SIDE_PAYER) == "RJCTAC03", "refused to the payer's")
    with run.named("a frame that is sent again has no effect"):
        frame = mainland.frame(pb.ParticipantMessage(
            credit_transfer=mainland.transfer(payee.code, "P-1")))
        for _ in range(3):
            mainland.session.send(frame)
        mainland.next_number += 1
        uetr = frame.messages[0].credit_transfer.uetr
        payee.take_request(uetr)
        payee.credit_payee(uetr)
        check(mainland.take_outcome(uetr, pb.SIDE_PAYER) == "ACSC", "it settles once")
        for bank in (payee, mainland):
            bank.check_silence()
    for bank in (payee, other, mainland):
        bank.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switch", required=True, help="host:port")
    parser.add_argument("--banks", nargs=3, required=True,
                        help="codes to play: two of FPS, one of IBPS")
    parser.add_argument("--polite-bank", required=True, help="code:account of another IBPS bank")
    run = Run(parser.parse_args())
    for case in (carried_bytes, redelivery, pile, pipelined_hello, faults, beyond_credit, answers,
                 *hostile_rules.CASES):
        with run.named(f"{case.__name__}: all of it was tried"):
            case(run)
    print(f"{run.wrong} wrong", flush=True)
    sys.exit(1 if run.wrong else 0)


if __name__ == "__main__":
    main()

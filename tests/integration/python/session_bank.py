#!/usr/bin/env python3
"""A bank in Python: drives one ParticipantService session against a real switch, the way a bank's
own client would. It answers one request and reports it credited, sends one payment and waits for
its end, acknowledges everything, and exits 0 when the switch has acknowledged all that it sent.

Knows nothing of lowu but proto/. Started by tests/integration/foreign_clients_test.cpp; the
generated classes must be importable. Prints one JSON object a line for each thing that happens."""
import argparse
import hashlib
import hmac
import json
import queue
import sys
import uuid

import grpc

from lowu.v1 import participant_pb2 as pb
from lowu.v1 import types_pb2

WINDOW = 100  # the switch may always send so many more messages
SCHEME_KEY = bytes(32)  # the real one stays in the bank's hardware
HKID = types_pb2.DOCUMENT_TYPE_HKID


def person_token(document, number):
    """How a rail knows a person: never by the document's number."""
    return hmac.new(SCHEME_KEY, bytes([document]) + number, hashlib.sha256).digest()[:16]


class SessionBank:
    def __init__(self, arguments):
        self.arguments = arguments
        self.frames = queue.Queue()  # what the request iterator sends
        self.next_number = 1         # of the next message to the switch
        self.received = 0            # highest number from the switch
        self.acknowledged = 0        # highest number of ours that the switch holds for good
        self.uetr = str(uuid.uuid4())
        self.own_status = None
        self.credited = False

    def say(self, event, **details):
        print(json.dumps({"event": event, **details}, ensure_ascii=False), flush=True)

    def put(self, *bodies, hello=None):
        """One frame with these messages; every frame repeats acknowledgement and credit."""
        frame = pb.ParticipantFrame(hello=hello, first_number=self.next_number,
                                    acknowledged=self.received, credit=self.received + WINDOW)
        frame.messages.extend(bodies)
        self.next_number += len(bodies)
        self.frames.put(frame)

    def run(self):
        channel = grpc.insecure_channel(self.arguments.switch)
        session = channel.stream_stream(
            "/lowu.v1.ParticipantService/Session",
            request_serializer=pb.ParticipantFrame.SerializeToString,
            response_deserializer=pb.SwitchFrame.FromString)
        self.put(hello=pb.Hello(participant=self.arguments.participant, incarnation=1))
        call = session(iter(self.frames.get, None), timeout=self.arguments.timeout_s)
        for frame in call:
            self.take(frame)
            if self.is_done():
                self.frames.put(None)
                break
        for _ in call:  # the rest of the stream: the switch ends it after we have
            pass
        self.say("done")

    def take(self, frame):
        self.acknowledged = max(self.acknowledged, frame.acknowledged)
        if frame.HasField("hello_reply"):
            reply = frame.hello_reply
            self.next_number = reply.last_received + 1
            self.received = reply.next_number - 1
            self.say("up", rail=types_pb2.Rail.Name(reply.rail))
            self.put(pb.ParticipantMessage(credit_transfer=self.transfer(reply)))
        first_new = self.received + 1
        answers = []
        for number, message in enumerate(frame.messages, frame.first_number):
            if number < first_new:
                continue  # seen before
            assert number == self.received + 1, "numbers have no gap"
            self.received = number
            answers += self.answers_to(message)
        if frame.messages:
            self.put(*answers)

    def transfer(self, reply):
        return pb.CreditTransfer(
            uetr=self.uetr, service=types_pb2.SERVICE_P2P_REMITTANCE,
            payer_agent=self.arguments.participant, payee_agent=self.arguments.payee_agent,
            payer_account="PY-PAYER", payee_account=self.arguments.payee_account,
            amount_minor=4200, currency=types_pb2.CURRENCY_CNY,
            creation_time_ms=reply.scheme_time_ms, purpose=types_pb2.PURPOSE_PERSONAL,
            payer=types_pb2.Payer(
                kind=types_pb2.PARTY_KIND_PERSON, document=HKID,
                token=person_token(HKID, b"A1234563"), token_version=reply.token_version),
            carried=types_pb2.CarriedDetails(payer_name="Zoë of Python", payee_name="王小明",
                                             remittance_information="生日快樂"))

    def answers_to(self, message):
        kind = message.WhichOneof("body")
        if kind == "request":
            transfer = message.request.transfer
            self.say("request", uetr=transfer.uetr, payee_account=transfer.payee_account,
                     amount_minor=transfer.amount_minor,
                     purpose=types_pb2.Purpose.Name(transfer.purpose),
                     payer_kind=types_pb2.PartyKind.Name(transfer.payer.kind),
                     payer_token=transfer.payer.token.hex(),
                     payer_name=transfer.carried.payer_name,
                     payee_name=transfer.carried.payee_name)
            return [pb.ParticipantMessage(answer=pb.CreditTransferAnswer(
                uetr=transfer.uetr, answer=pb.ANSWER_ACCEPTED))]
        if kind == "status_report":
            report = message.status_report
            status = types_pb2.PaymentStatus.Name(report.status)
            self.say("status", uetr=report.uetr, side=pb.Side.Name(report.side), status=status,
                     reason=report.reason.code)
            if report.side == pb.SIDE_PAYER and report.uetr == self.uetr:
                self.own_status = status
            if report.side == pb.SIDE_PAYEE and report.status == types_pb2.PAYMENT_STATUS_ACSC:
                self.credited = True
                return [pb.ParticipantMessage(credit_report=pb.CreditReport(uetr=report.uetr))]
        if kind == "message_reject":
            reject = message.message_reject
            sys.exit(f"rejected: {reject.field} {reject.rule}")
        return []  # an announcement needs no answer

    def is_done(self):
        return (self.own_status == "PAYMENT_STATUS_ACSC" and self.credited
                and self.acknowledged == self.next_number - 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switch", required=True, help="host:port")
    parser.add_argument("--participant", required=True, help="this bank's code")
    parser.add_argument("--payee-agent", required=True, help="bank to pay")
    parser.add_argument("--payee-account", required=True, help="account to pay there")
    parser.add_argument("--timeout-s", type=int, default=60)
    SessionBank(parser.parse_args()).run()


if __name__ == "__main__":
    main()

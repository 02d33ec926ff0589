"""A bank that says exactly what it is told to, down to the bytes: a session with the switch, the
numbers a bank keeps, and the operator's list of participants. Exists so that tests can be unusual
or hostile, which our own banks never are. Used by hostile_bank.py; needs the generated classes.

Threads: each session reads on a thread of its own, into a queue; everything else is the script's
main thread."""
import os
import queue
import threading
import time
import uuid

import grpc

from lowu.v1 import error_pb2
from lowu.v1 import exchange_pb2
from lowu.v1 import operations_pb2
from lowu.v1 import participant_pb2 as pb
from lowu.v1 import types_pb2

PATIENCE_S = 60         # reached only by what hangs
WINDOW = 10_000         # messages that a polite bank takes ahead
FRAME_BYTES = 1 << 20   # the contract's limit
FRAME_MESSAGES = 4_096  # likewise
CARRIED = types_pb2.CarriedDetails(payer_name="Zoë Payer", payee_name="王小明",
                                   remittance_information="生日快樂")


class Wrong(Exception):
    """Something is not as the contract says."""


def check(holds, what):
    if not holds:
        raise Wrong(what)


# Bytes, by hand: what the generated classes refuse to write.

def varint(number):
    written = bytearray()
    while number > 0x7f:
        written.append(number & 0x7f | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def field(number, payload):
    """A field of wire type 2: bytes, text, or a message."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def transfer_bytes(transfer, carried, more=b""):
    """The ParticipantMessage of a credit transfer whose carried details are these bytes, with more
    fields in front of them."""
    plain = pb.CreditTransfer()
    plain.CopyFrom(transfer)
    plain.ClearField("carried")
    return field(1, plain.SerializeToString() + more + field(16, carried))


class Ending:
    """How a call ended: its status and the detail for machines, if there is one."""

    def __init__(self, call):
        self.code = call.code().name
        self.text = call.details()
        self.detail = error_pb2.ErrorDetail()
        for key, value in call.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                status = error_pb2.ErrorStatus.FromString(value)
                check(status.code == call.code().value[0], "ErrorStatus.code is the call's status")
                check(len(status.details) == 1, "exactly one ErrorDetail")
                check(status.details[0].Unpack(self.detail), "the detail is an ErrorDetail")

    def __str__(self):
        return f"{self.code} {self.detail.reason} {self.detail.field!r} ({self.text})"


class Session:
    """One stream, in bytes, on a connection of its own."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(
            address, options=[("grpc.use_local_subchannel_pool", 1),
                              ("grpc.max_receive_message_length", -1)])
        self.outgoing = queue.SimpleQueue()
        self.incoming = queue.SimpleQueue()
        self.call = self.channel.stream_stream("/lowu.v1.ParticipantService/Session")(
            iter(self.outgoing.get, None), wait_for_ready=True)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for frame in self.call:
                self.incoming.put(frame)
        except grpc.RpcError:
            pass  # the status is asked for by ending()
        self.incoming.put(None)

    def send(self, frame):
        """A frame, or bytes."""
        self.outgoing.put(frame if isinstance(frame, bytes) else frame.SerializeToString())

    def receive(self):
        """The next frame's bytes; None once the call has ended."""
        try:
            return self.incoming.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise Wrong("the switch says nothing and does not end the call") from None

    def ending(self):
        """Waits for the switch to end the call, whatever it still says."""
        while self.receive() is not None:
            pass
        ended = Ending(self.call)
        self.release()
        return ended

    def close(self):
        """Ends our side, waits for the switch's."""
        self.outgoing.put(None)
        return self.ending()

    def release(self):
        self.outgoing.put(None)
        self.call.cancel()
        self.channel.close()


class Bank:
    """Numbers over sessions, as each bank keeps them. Says nothing by itself but, while polite,
    acknowledgement and credit for what it has received."""

    def __init__(self, address, code):
        self.address = address
        self.code = code
        self.incarnation = 1
        self.session = None
        self.known = False     # has been greeted before: hello says what it holds
        self.next_number = 1   # of the next message to the switch
        self.received = 0      # highest number from the switch
        self.acknowledged = 0  # highest number of ours that the switch holds for good
        self.credit = 0        # we may send up to this number
        self.waiting = []      # messages received and not yet taken: (number, message)
        self.largest_frame = 0
        self.polite, self.window = True, WINDOW
        self.clock = None      # scheme time at the last greeting, ms, and our clock then, ns

    def hello(self, **changed):
        """A frame with the hello that is right now, but for what is changed in it."""
        hello = pb.Hello(participant=self.code, incarnation=self.incarnation)
        if self.known:
            hello.last_received = self.received
            hello.lowest_resendable = self.next_number
        for name, value in changed.items():
            setattr(hello, name, value)
        return pb.ParticipantFrame(hello=hello)

    def connect(self, polite=True, window=WINDOW):
        """A new session; credit comes with hello."""
        self.drop()
        self.waiting.clear()
        self.polite, self.window, self.largest_frame = polite, window, 0
        self.session = Session(self.address)
        hello = self.hello()
        hello.credit = self.received + window
        self.session.send(hello)
        self.read_frame(greeting=True)
        return self

    def drop(self):
        """Without a word: the connection is gone."""
        if self.session is not None:
            self.session.release()
            self.session = None

    def close(self):
        """In order, after the switch holds all that was sent."""
        self.until(lambda: self.acknowledged >= self.next_number - 1)
        ended = self.session.close()
        self.session = None
        check(ended.code == "OK", f"a session that the bank ends in order ends OK, not {ended}")

    def frame(self, *messages, **changed):
        frame = pb.ParticipantFrame(first_number=self.next_number if messages else 0,
                                    acknowledged=self.received, credit=self.received + self.window,
                                    messages=messages)
        for name, value in changed.items():
            setattr(frame, name, value)
        return frame

    def send(self, *messages, encoded=()):
        """Sends messages in one frame, `encoded` ones after the others. Returns the first's
        number."""
        first = self.next_number
        frame = self.frame(*messages, first_number=first)
        self.session.send(frame.SerializeToString() + b"".join(field(3, one) for one in encoded))
        self.next_number += len(messages) + len(encoded)
        return first

    def read_frame(self, greeting=False):
        data = self.session.receive()
        if data is None:
            raise Wrong(f"the switch has ended the session of {self.code}: "
                        f"{Ending(self.session.call)}")
        self.largest_frame = max(self.largest_frame, len(data))
        check(len(data) <= FRAME_BYTES, f"a frame is at most 1 MiB, not {len(data)} bytes")
        frame = pb.SwitchFrame.FromString(data)
        check(len(frame.messages) <= FRAME_MESSAGES, "a frame has at most 4,096 messages")
        check(frame.HasField("hello_reply") == greeting, "hello_reply comes first, and once")
        if greeting:
            self._greet(frame.hello_reply)
        for number, message in enumerate(frame.messages, frame.first_number):
            check(number == self.received + 1, f"number {self.received + 1} is next, not {number}")
            self.received = number
            self.waiting.append((number, message))
        check(frame.acknowledged < self.next_number, "only what was sent is acknowledged")
        self.acknowledged = max(self.acknowledged, frame.acknowledged)
        self.credit = max(self.credit, frame.credit)
        if self.polite and frame.messages:
            self.session.send(self.frame())

    def _greet(self, reply):
        self.clock = (reply.scheme_time_ms, time.monotonic_ns())
        if self.known:
            check(reply.next_number == self.received + 1,
                  f"numbers go on with {self.received + 1}, not {reply.next_number}")
        self.received = reply.next_number - 1
        self.next_number = reply.last_received + 1
        self.known = True

    def until(self, ready):
        while not ready():
            self.read_frame()

    def take(self, test, what):
        """The first message for which test is true, and its number; the others stay."""
        looked_at = 0
        while True:
            for index in range(looked_at, len(self.waiting)):
                if test(self.waiting[index][1]):
                    return self.waiting.pop(index)
            looked_at = len(self.waiting)
            try:
                self.read_frame()
            except Wrong as wrong:
                raise Wrong(f"{self.code} waits for {what}: {wrong}") from None

    def take_request(self, uetr):
        return self.take(lambda message: message.HasField("request")
                         and message.request.transfer.uetr == uetr, f"request {uetr}")

    def take_outcome(self, uetr, side):
        """The final report: its status, and its reason's code."""
        report = self.take(
            lambda message: message.status_report.uetr == uetr
            and message.status_report.side == side
            and message.status_report.status != types_pb2.PAYMENT_STATUS_ACSP,
            f"the outcome of {uetr}")[1].status_report
        return types_pb2.PaymentStatus.Name(report.status)[-4:] + report.reason.code

    def take_reject(self, number):
        return self.take(lambda message: message.message_reject.rejected_number == number,
                         f"the reject of number {number}")[1].message_reject

    def take_event(self, kind, participant=""):
        """The first announcement of this kind, about this bank if one is named."""
        return self.take(lambda message: message.HasField("system_event")
                         and message.system_event.kind == kind
                         and participant in ("", message.system_event.participant),
                         f"the announcement {pb.SystemEventKind.Name(kind)}")[1].system_event

    def check_silence(self):
        """The switch has said nothing but what was taken: the answer to a marker comes next."""
        self.take_reject(self.send(pb.ParticipantMessage()))
        check(not self.waiting, f"nothing is said, but {self.waiting}")

    def transfer(self, payee, account, amount_minor=100, carried=CARRIED):
        """A remittance that breaks no rule; each has a payer of its own."""
        elapsed_ms = (time.monotonic_ns() - self.clock[1]) // 1_000_000
        return pb.CreditTransfer(
            uetr=str(uuid.uuid4()), service=types_pb2.SERVICE_P2P_REMITTANCE,
            payer_agent=self.code, payee_agent=payee, payer_account="PY-PAYER",
            payee_account=account, amount_minor=amount_minor, currency=types_pb2.CURRENCY_CNY,
            creation_time_ms=self.clock[0] + elapsed_ms, purpose=types_pb2.PURPOSE_PERSONAL,
            payer=types_pb2.Payer(kind=types_pb2.PARTY_KIND_PERSON, document=self.document(),
                                  token=os.urandom(16), token_version=1),
            carried=carried)

    def document(self):
        """What persons of this bank's side show; the length of a code tells the side."""
        return (types_pb2.DOCUMENT_TYPE_HKID if len(self.code) == 3
                else types_pb2.DOCUMENT_TYPE_MAINLAND_ID)

    def pay(self, payee, account, **more):
        """Sends a payment; returns its UETR."""
        transfer = self.transfer(payee, account, **more)
        self.send(pb.ParticipantMessage(credit_transfer=transfer))
        return transfer.uetr

    def credit_payee(self, uetr):
        """From the promise to the report that the payee has the money."""
        self.send(accepted(uetr))
        outcome = self.take_outcome(uetr, pb.SIDE_PAYEE)
        check(outcome == "ACSC", f"an accepted request settles, not {outcome}")
        self.send(credited(uetr))


def accepted(uetr):
    return pb.ParticipantMessage(
        answer=pb.CreditTransferAnswer(uetr=uetr, answer=pb.ANSWER_ACCEPTED))


def rejected(uetr, reason_code="AC03"):
    return pb.ParticipantMessage(answer=pb.CreditTransferAnswer(
        uetr=uetr, answer=pb.ANSWER_REJECTED, reason_code=reason_code))


def credited(uetr):
    return pb.ParticipantMessage(credit_report=pb.CreditReport(uetr=uetr))


class Operator:
    """What the switch shows of its participants."""

    def __init__(self, address):
        channel = grpc.insecure_channel(address)
        self.list = channel.unary_unary(
            "/lowu.v1.OperationsService/ListParticipants",
            request_serializer=operations_pb2.ListParticipantsRequest.SerializeToString,
            response_deserializer=operations_pb2.ListParticipantsResponse.FromString)
        self.list_rates = channel.unary_unary(
            "/lowu.v1.ExchangeService/ListRateSheets",
            request_serializer=exchange_pb2.ListRateSheetsRequest.SerializeToString,
            response_deserializer=exchange_pb2.ListRateSheetsResponse.FromString)

    def participant(self, code):
        answer = self.list(operations_pb2.ListParticipantsRequest(), timeout=PATIENCE_S)
        return next(one for one in answer.participants if one.code == code)

    def rate_sheet(self, code):
        """The bank's newest; None when it has none."""
        answer = self.list_rates(exchange_pb2.ListRateSheetsRequest(), timeout=PATIENCE_S)
        return next((one.sheet for one in answer.sheets if one.participant == code), None)

    def wait_for(self, code, test, what):
        """Asks until it is so: what is shown follows what is durable."""
        deadline = time.monotonic() + PATIENCE_S
        while not test(self.participant(code)):
            check(time.monotonic() < deadline, f"{code}: {what}")

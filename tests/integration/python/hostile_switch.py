#!/usr/bin/env python3
"""A switch that says what no bank can read: in turn, a frame that is no SwitchFrame, one larger
than any switch may send, and one in place of the greeting; and never ends a call by itself. Exits 0
when the bank has connected again after each of them, and 1 when it does not.

Knows nothing of lowu but proto/. Started by tests/integration/hostile_test.cpp; the generated
classes must be importable. Prints one line for each session."""
import argparse
import concurrent.futures
import queue
import sys
import threading

import grpc

from lowu.v1 import participant_pb2 as pb
from lowu.v1 import types_pb2
from raw_bank import FRAME_BYTES, PATIENCE_S, field

NOT_A_FRAME = b"\xff\xff\xff"
TOO_LARGE = field(99, b"a" * 8 * FRAME_BYTES)


class Switch:
    def __init__(self):
        self.sessions = queue.SimpleQueue()
        self.plans = iter([("a frame that is no SwitchFrame", True, NOT_A_FRAME),
                           ("a frame of 8 MiB", True, TOO_LARGE),
                           ("no greeting but bytes", False, NOT_A_FRAME),
                           ("a good greeting", True, None)])

    def session(self, frames, context):
        hello = pb.ParticipantFrame.FromString(next(frames)).hello
        name, greets, frame = next(self.plans)
        self.sessions.put(f"{hello.participant} is sent {name}")
        ended = threading.Event()
        context.add_callback(ended.set)
        if greets:
            reply = pb.HelloReply(next_number=1, rail=types_pb2.RAIL_IBPS, token_version=1)
            yield pb.SwitchFrame(hello_reply=reply).SerializeToString()
        if frame is not None:
            yield frame
        ended.wait()  # this switch notices nothing


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", required=True, help="host:port")
    arguments = parser.parse_args()
    switch = Switch()
    # Every session keeps a thread until the bank ends it.
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
        "lowu.v1.ParticipantService",
        {"Session": grpc.stream_stream_rpc_method_handler(switch.session)}),))
    if server.add_insecure_port(arguments.listen) == 0:
        sys.exit(f"cannot listen on {arguments.listen}")
    server.start()
    for _ in range(4):
        try:
            print(switch.sessions.get(timeout=PATIENCE_S), flush=True)
        except queue.Empty:
            sys.exit("the bank does not connect again")
    server.stop(None).wait()


if __name__ == "__main__":
    main()

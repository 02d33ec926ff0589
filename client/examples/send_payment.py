#!/usr/bin/env python3
"""Sends one payment through a running sandbox: send_payment.py [HOST:PORT of the payer's banks]

Needs Debian's python3-grpcio, python3-protobuf and protobuf-compiler; of lowu, proto/ only."""
import pathlib
import subprocess
import sys
import tempfile

import grpc

proto = pathlib.Path(__file__).resolve().parents[2] / "proto"
with tempfile.TemporaryDirectory() as generated:
    subprocess.run(["protoc", f"-I{proto}", f"--python_out={generated}",
                    "lowu/v1/types.proto", "lowu/v1/participant.proto", "lowu/v1/bank.proto"],
                   check=True)
    sys.path.insert(0, generated)
    from lowu.v1 import bank_pb2, types_pb2

channel = grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7420")
send = channel.unary_unary("/lowu.v1.BankService/SendRemittance",
                           request_serializer=bank_pb2.SendRemittanceRequest.SerializeToString,
                           response_deserializer=bank_pb2.SendRemittanceResponse.FromString)
remittance = send(bank_pb2.SendRemittanceRequest(
    bank="012", payer_account="012-875-10001",
    payee_agent="102100099996", payee_account="6222020200010001", payee_name="张伟",
    amount_minor=1250, currency=types_pb2.CURRENCY_CNY, remittance_information="from Python",
)).remittance
print(remittance.uetr, types_pb2.PaymentStatus.Name(remittance.status), remittance.reason.text)
sys.exit(0 if remittance.status == types_pb2.PAYMENT_STATUS_ACSC else 3)

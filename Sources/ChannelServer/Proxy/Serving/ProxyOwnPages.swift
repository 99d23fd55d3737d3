// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// What a proxy says of itself, below `/_kingsnake/`.
///
/// What it decided names channels and packages, so that only programs of this machine are told.
struct ProxyOwnPages {
    let tally: ProxyTally

    func answer(_ parts: [String], from address: String?) throws -> Response {
        let isHere = address.map(ProxyPlace.isThisMachine) ?? true
        switch parts {
        case ["health"]: return Self.answer("text/plain; charset=utf-8", Array("alive\n".utf8))
        case ["status"] where isHere:
            return Self.answer("application/json", JSONWriter.encode(.object(tally.summary.json), .indented))
        case ["metrics"] where isHere:
            return Self.answer("text/plain; version=0.0.4; charset=utf-8", Array(tally.metrics.text.utf8))
        default: throw Refusal(ProxyCode.notAChannelFile, "the address")
        }
    }

    /// A page about a trial, which begins with it.
    ///
    /// - Throws: `proxy.not-a-channel-file` for strangers, `proxy.doctor-off`, or what makes the trial fail.
    func answer(
        trial parts: [String],
        _ fields: HTTPFields,
        _ trials: ProxyTrials?,
        _ address: String?
    ) async throws -> Response {
        let isHere = address.map(ProxyPlace.isThisMachine) ?? true
        guard isHere, parts.count == 2, let id = TrialID(parts[1]),
            let field = HTTPField.Name(ProxyTrials.field), fields[field] != nil
        else { throw Refusal(ProxyCode.notAChannelFile, "the address") }
        guard let trials else { throw Refusal(ProxyCode.doctorOff, "the trial") }
        let report = try await trials.report(of: id)
        return Self.answer("application/json", JSONWriter.encode(.object(report.json), .indented))
    }

    private static func answer(_ type: String, _ bytes: [UInt8]) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type, .cacheControl: "no-store", .contentLength: "\(bytes.count)"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}

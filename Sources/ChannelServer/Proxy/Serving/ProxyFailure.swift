// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// Something could not be found out: an answer that never looks like a refusal, or like "not there".
struct ProxyFailure {
    private let text: String

    init(_ error: any Error) {
        let failure = error as? Failure
        // What is wrong with this machine is for whoever runs the proxy, in the log.
        let isOutside = failure?.kind == .network
        var text =
            "kingsnake could not find out: \(isOutside ? failure?.message ?? "" : "see the proxy’s log")"
        if isOutside, let location = failure?.location { text += " at \(location)" }
        if let remedy = failure?.remedy, isOutside { text += "\n\(remedy)" }
        self.text = String(text.prefix(ProxyRefusal.maximumLength - 1)) + "\n"
    }

    /// After how many seconds the client is told to try again.
    static let retryAfter = 5

    func response() -> Response {
        let body = ByteBuffer(string: text)
        return Response(
            status: .serviceUnavailable,
            headers: [
                .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store",
                .retryAfter: "\(Self.retryAfter)", .contentLength: "\(body.readableBytes)",
            ],
            body: ResponseBody(byteBuffer: body)
        )
    }
}

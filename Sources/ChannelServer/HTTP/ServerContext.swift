// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOHTTPTypes

/// What is known of a request while it is answered.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who sent it. ``ServerResponder`` finds that out before any route is asked.
    var caller = Caller.anonymous
    /// The request's name in logs and in problems.
    var requestID: String
    /// Where it came from, such as `192.0.2.1`; nil where the connection does not say.
    let remoteAddress: String?
    /// The connection it came by.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = ""
        channel = source.channel
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }

    /// Tells a client that waits for it that its body is wanted (`Expect: 100-continue`, RFC 9110 10.1.1). One that is
    /// refused before has not sent it in vain.
    func demandBody(of request: Request) async throws {
        guard let field = request.headers[.expect], field.lowercased() == "100-continue" else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }
}

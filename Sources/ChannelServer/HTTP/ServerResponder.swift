// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import TrustCore

/// What every request goes through before a route is asked, and every answer after: the request's id, how many its address
/// sent, who sent it, the log's line, and errors made into problems.
///
/// A `/t/<token>/` in front of the path is taken off, and never logged.
struct ServerResponder<Routes: HTTPResponder>: HTTPResponder where Routes.Context == ServerContext {
    typealias Context = ServerContext

    let routes: Routes
    let parts: ServerParts

    /// What the server does anything by.
    private static var methods: [HTTPRequest.Method] { [.get, .head, .post, .put, .delete] }

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        let began = NIODeadline.now()
        var request = request, context = context
        context.requestID = parts.requestID()
        context.logger[metadataKey: "request"] = .string(context.requestID)
        var response: Response
        var path: String?
        do {
            let (shown, credentials) = try RequestCredentials.take(from: &request)
            path = shown
            context.logger[metadataKey: "path"] = .string(shown)
            try RequestOrigin.check(request, publicURL: parts.publicURL)
            context.caller = try await caller(credentials, from: context.remoteAddress)
            guard Self.methods.contains(request.method) else {
                throw Refusal(ServerCode.method, "the request")
            }
            response = try await routes.respond(to: request, context: context)
        } catch {
            let problem = HTTPProblem(error)
            if problem.status.kind == .serverError {
                context.logger.error("\(RequestReport.name(request.method)): \(error)")
            }
            response = problem.response(requestID: context.requestID)
        }
        response.headers[.xContentTypeOptions] = HostedServer.contentTypeOptions
        // Whoever asks by HEAD would take a body for the beginning of the next answer.
        if request.method == .head { response = response.createHeadResponse() }
        let isWithBody = request.method != .head && response.status != .notModified
        let report = RequestReport(
            id: context.requestID,
            method: request.method,
            path: path,
            status: response.status,
            address: context.remoteAddress,
            key: context.caller.key,
            bytes: isWithBody ? response.headers[.contentLength].flatMap { Int($0) } ?? 0 : 0,
            duration: NIODeadline.now() - began
        )
        report.tell(parts.metrics, parts.logger)
        return response
    }

    /// Who shows this, if they do not ask too fast.
    private func caller(_ credentials: Credentials?, from address: String?) async throws -> Caller {
        let now = parts.now()
        if credentials != nil { try parts.limiter.admitKey(from: address, now: now) }
        do {
            let caller = try await parts.access.caller(credentials, now: now)
            try parts.limiter.admit(caller, from: address, now: now)
            return caller
        } catch let refusal as Refusal where refusal.is(AccessCode.unknownKey) {
            parts.limiter.countUnknownKey(from: address, now: now)
            throw refusal
        }
    }
}

// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOHTTPTypes
internal import Synchronization
internal import Transport
internal import TrustCore

/// What every request to a proxy goes through: it is understood, answered or refused, and the answer counted and logged.
///
/// Credentials go into the channel's address, which shows none, and nothing here logs a field or a whole target.
struct ProxyResponder: HTTPResponder {
    typealias Context = ServerContext

    let proxy: VerifyingProxy
    let files: ProxyFiles
    let resources: ResourceResponder

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        let began = NIODeadline.now()
        var context = context
        context.requestID = proxy.requestID()
        context.logger[metadataKey: "request"] = .string(context.requestID)
        let target = ProxyHeadHandler.name.flatMap { request.headers[$0] } ?? request.head.path ?? "/"
        let shown = ProxyTarget.shown(target: target)
        context.logger[metadataKey: "path"] = .string(shown)
        var response: Response
        // Trials have counts of their own.
        var tally = proxy.tally
        do {
            response = try await answer(target, shown, request, context, &tally)
        } catch {
            response = self.response(to: error, context, tally)
        }
        for field in proxy.fields { response.headers[field.name] = field.value }
        // Whoever asks by HEAD would take a body for the beginning of the next answer.
        if request.method == .head { response = response.createHeadResponse() }
        let isWithBody = request.method != .head && response.status != .notModified
        let report = RequestReport(
            id: context.requestID,
            method: request.method,
            path: shown,
            status: response.status,
            address: context.remoteAddress,
            key: nil,
            bytes: isWithBody ? response.headers[.contentLength].flatMap { Int($0) } ?? 0 : 0,
            duration: NIODeadline.now() - began
        )
        proxy.report(report)
        if tally !== proxy.tally { tally.answered(bytes: report.bytes) }
        return response
    }

    private func answer(
        _ target: String,
        _ shown: String,
        _ request: Request,
        _ context: ServerContext,
        _ tally: inout ProxyTally
    ) async throws -> Response {
        let field = request.headers[.authorization]
        // A tunnel is refused by its own name, whatever else is wrong.
        guard request.method != .connect else {
            if let trials = trials(context) { tally = await trials.tunnelled(to: target) ?? tally }
            throw Refusal(ProxyCode.tunnel, "the tunnel")
        }
        guard request.method == .get || request.method == .head else {
            throw Refusal(ProxyCode.method, "the request")
        }
        if request.headers[values: .via].contains(where: isOwn) {
            throw Refusal(ProxyCode.loop, "the request", found: "this proxy in the field `Via`")
        }
        let question = RecentPackages.Question(target, host: request.head.authority)
        if field == nil, let known = files.known.find(question) {
            try RequestOrigin.checkReading(request)
            if let found = try await files.open(known.package) {
                return try await answer(found, request, context)
            }
        }
        let meant = try ProxyTarget(
            target,
            host: request.head.authority,
            login: try ProxyLogin(field: field),
            at: proxy.place
        )
        switch meant {
        case .own(let parts):
            let pages = ProxyOwnPages(tally: proxy.tally)
            guard parts.first == ProxyTrials.mark else {
                return try pages.answer(parts, from: context.remoteAddress)
            }
            return try await pages.answer(trial: parts, request.headers, proxy.trials, context.remoteAddress)
        case .file(let address):
            try RequestOrigin.checkReading(request)
            let files = try await files(for: address, context)
            tally = files.tally
            let found = try await find(address, files, request, context)
            if field == nil, let known = found.known { files.known.keep(known, as: question, path: shown) }
            return try await answer(found, request, context)
        }
    }

    /// What finds the file: a trial's, where its reserved host is asked for, and never what is behind the proxy.
    private func files(for address: ProxyAddress, _ context: ServerContext) async throws -> ProxyFiles {
        guard let host = address.host, TrialID.isReserved(host) else { return files }
        guard let trials = trials(context) else { throw ProxyTrials.unknown(address) }
        return try await trials.files(of: address, host: host)
    }

    /// The trials, for programs of this machine.
    private func trials(_ context: ServerContext) -> ProxyTrials? {
        (context.remoteAddress.map(ProxyPlace.isThisMachine) ?? true) ? proxy.trials : nil
    }

    /// Finds what was asked for, with signs of life to the client meanwhile.
    private func find(
        _ address: ProxyAddress,
        _ files: ProxyFiles,
        _ request: Request,
        _ context: ServerContext
    ) async throws -> FoundFile {
        let limit = proxy.settings.patience.limit(of: request.headers[.userAgent])
        let found: FoundFile?
        do {
            found = try await proxy.settings.patience.wait(limit) {
                try await files.find(address)
            } beat: {
                let interim = HTTPResponsePart.head(HTTPResponse(status: .continue))
                do { try await context.channel.writeAndFlush(interim) } catch { throw ClientLeft() }
            }
        } catch let refusal as Refusal {
            throw ProxyRefusal(refusal, of: address.file.name)
        }
        guard let found else {
            throw Failure(.network, "it is still being fetched and verified", at: address.description)
        }
        return found
    }

    private func answer(_ found: FoundFile, _ request: Request, _ context: ServerContext) async throws
        -> Response
    {
        // The time at which something was put here says nothing; tags do.
        var head = request.head
        head.headerFields[.ifModifiedSince] = nil
        head.headerFields[.ifUnmodifiedSince] = nil
        var response = try await resources.response(
            found.resource,
            Request(head: head, body: request.body),
            context,
            now: found.resource.modified
        ) { found.source }
        response.headers[.lastModified] = nil
        for (name, value) in found.fields { response.headers[name] = value }
        return response
    }

    /// The client went away while it was to wait: nobody is there to be answered.
    private struct ClientLeft: Error {}

    private func isOwn(_ value: String) -> Bool {
        value.split(separator: ",").contains { $0.hasSuffix(" " + proxy.pseudonym) }
    }

    private func response(to error: any Error, _ context: ServerContext, _ tally: ProxyTally) -> Response {
        switch error {
        case let refusal as ProxyRefusal: return refused(refusal, context, tally)
        case let refusal as Refusal: return refused(ProxyRefusal(refusal), context, tally)
        case is ClientLeft: return ProxyFailure(error).response()
        case let failure as Failure where failure.isAccessDenial:
            let refusal = Refusal(ProxyCode.accessRefused, failure.location ?? "the channel")
            return refused(ProxyRefusal(refusal), context, tally)
        default:
            tally.failed(error)
            context.logger.error("could not answer: \(error)")
            return ProxyFailure(error).response()
        }
    }

    private func refused(_ refusal: ProxyRefusal, _ context: ServerContext, _ tally: ProxyTally) -> Response {
        tally.refused(refusal)
        context.logger.warning(
            "refused \(refusal.subject): \(refusal.reason)",
            metadata: ["code": .string(refusal.code)]
        )
        return refusal.response()
    }
}

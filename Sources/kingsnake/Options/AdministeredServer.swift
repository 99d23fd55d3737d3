// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import Foundation
import Transport
import TrustCore

/// Which server a command administers, and how it reaches it: by the server's folder on this machine, or by its URL.
struct AdministeredServer: ParsableArguments {
    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp(
            "The server's folder on this machine. The server may be running. An empty folder becomes a server.",
            valueName: "dir"
        )
    )
    var directory: String?

    @Option(
        name: .customLong("server"),
        help: ArgumentHelp("The server's URL, such as https://channels.example.org.", valueName: "url")
    )
    var url: String?

    @Option(
        help: ArgumentHelp(
            "A file with your key, for --server. (default: $KINGSNAKE_API_KEY)",
            valueName: "file"
        ),
        completion: .file()
    )
    var keyFile: String?

    func validate() throws {
        guard (directory == nil) != (url == nil) else {
            throw ValidationError("give the server's folder with --dir, or its URL with --server")
        }
        try UsageCheck.path(directory, of: "--dir")
        try UsageCheck.path(keyFile, of: "--key-file")
        if let url {
            guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
                throw ValidationError("--server: expected `https://…` or `http://…`")
            }
            try UsageCheck.channel(url, of: "--server")
        } else if keyFile != nil {
            throw ValidationError("--key-file is for --server; whoever can write to the folder needs no key")
        }
    }

    /// Asks the server's administration; what it refuses is thrown as if it had been refused here.
    ///
    /// - Parameter publicURL: where others reach a server that is administered in its folder, if that is not known yet.
    func ask(_ request: AdministrationRequest, publicURL: String? = nil) async throws -> JSONObject {
        if let directory { return try await Self.ask(request, inFolder: directory, publicURL) }
        return try await ask(request, at: url ?? "")
    }

    /// The same, and shows the answer where `--json` asks for it.
    func ask(_ request: AdministrationRequest, publicURL: String? = nil, _ console: Console) async throws
        -> JSONObject
    {
        let answer = try await ask(request, publicURL: publicURL)
        console.emit(Self.document(answer))
        return answer
    }

    /// An answer, as `--json` shows it.
    static func document(_ answer: JSONObject) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        for member in answer.members { document[member.key] = member.value }
        return document
    }
}

// MARK: - By the folder

extension AdministeredServer {
    private static func ask(
        _ request: AdministrationRequest,
        inFolder directory: String,
        _ publicURL: String?
    ) async throws -> JSONObject {
        let folder = ServerFolder(try Folder.absolute(directory))
        try checkFolder(folder)
        return try await Administration.answer(
            request,
            in: folder,
            publicURL: publicURL,
            now: { SystemClock.now },
            random: { SystemRandom.bytes($0) }
        )
    }

    /// A server's folder, an empty one, or one that has the settings of a server: these become one. A wrong path makes
    /// nothing.
    private static func checkFolder(_ folder: ServerFolder) throws {
        if folder.isThere { return }
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder.path),
            entries.isEmpty || entries.contains(ServerSettings.fileName)
        else {
            throw Failure(
                .configuration,
                "that is no server's folder, and no empty one",
                at: folder.path,
                remedy: "give the folder that `kingsnake serve` serves"
            )
        }
    }

    /// Whether a server runs on the folder, or is where the URL says, so that indexes follow what was changed.
    var isRunning: Bool {
        get throws {
            guard let directory else { return true }
            return try FileLock.ifFree(ServerFolder(Folder.absolute(directory)).lock) == nil
        }
    }
}

// MARK: - By the URL

extension AdministeredServer {
    private func ask(_ request: AdministrationRequest, at url: String) async throws -> JSONObject {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let key = try ServerKey.obtain(file: keyFile)
        var options = HTTPOptions()
        options.userAgent = "kingsnake/\(Kingsnake.version)"
        let caller = HTTPServiceCaller(options: options)
        do {
            let response = try await caller.send(Self.sent(request, to: base, key))
            await caller.shutdown()
            return try Self.answer(response, from: base)
        } catch {
            await caller.shutdown()
            throw error
        }
    }

    private static func sent(_ request: AdministrationRequest, to base: String, _ key: String)
        -> ServiceRequest
    {
        let method: ServiceRequest.Method =
            switch request.method {
            case .get: .get
            case .post: .post
            case .put: .put
            case .delete: .delete
            }
        return ServiceRequest(
            method,
            base + request.target,
            headers: [("authorization", "Bearer \(key)"), ("content-type", "application/json")],
            body: request.content,
            maximumLength: 64 << 20
        )
    }

    private static func answer(_ response: ServiceResponse, from server: String) throws -> JSONObject {
        let answer = (try? JSONReader.read(response.body, of: "the answer"))?.object
        if (200..<300).contains(response.status), let answer { return answer }
        if let answer, let code = answer["code"]?.string.flatMap(RefusalCatalog.code(named:)) {
            throw Self.refusal(code, answer, server)
        }
        throw Failure(
            .network,
            "the server answered with status \(response.status), and not as the administration of one",
            at: server,
            remedy: "check the URL: it is that of the server, without a channel's name"
        )
    }

    private static func refusal(_ code: any RefusalCode, _ answer: JSONObject, _ server: String) -> Refusal {
        Refusal(
            code,
            answer["subject"]?.string ?? "the request",
            at: server,
            expected: answer["expected"]?.string,
            found: answer["found"]?.string
        )
    }
}

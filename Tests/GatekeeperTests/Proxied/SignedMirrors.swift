// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Synchronization
import Transport
import TrustCore

/// Simulated mirrors: folders under addresses, which may be away, or spoil some of their files.
final class SignedMirrors: Fetcher {
    /// What a mirror does with a file.
    enum Answer: Sendable {
        case missing
        case replaced([UInt8])
        /// One byte in the middle is another.
        case altered
        /// The connection breaks after so many bytes.
        case cut(Int)
        /// Nobody answers.
        case away
        /// Access is refused with a status.
        case denied(Int)
    }

    typealias Script = @Sendable (_ path: String) -> Answer?

    private struct State {
        var folders: [String: String] = [:]
        var scripts: [String: Script] = [:]
        var requests: [String] = []
    }

    private let state = Mutex(State())

    /// Serves a folder under an address.
    func serve(_ folder: String, at address: String) { state.withLock { $0.folders[address] = folder } }

    /// What a mirror does from now on; nil to serve what is there.
    func script(_ address: String, _ script: Script?) { state.withLock { $0.scripts[address] = script } }

    /// The paths that were asked for since the last call, with the address in front.
    func takeRequests() -> [String] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let found = state.withLock { state -> (folder: String, path: String, answer: Answer?)? in
            state.requests.append(request.url)
            guard let (address, folder) = state.folders.first(where: { request.url.hasPrefix($0.key + "/") })
            else {
                return nil
            }
            let path = String(request.url.dropFirst(address.count + 1))
            return (folder, path, state.scripts[address]?(path))
        }
        // Others get their turn, as over a network.
        await Task.yield()
        guard let found else { throw Self.failure(.connection, request.url) }
        if case .denied(let status) = found.answer { throw Self.failure(.status(status), request.url) }
        guard var bytes = try? Data(contentsOf: URL(fileURLWithPath: found.folder + "/" + found.path)) else {
            if case .away = found.answer { throw Self.failure(.connection, request.url) }
            return .notFound
        }
        var end = bytes.count
        switch found.answer {
        case nil: break
        case .missing: return .notFound
        case .away, .denied: throw Self.failure(.connection, request.url)
        case .replaced(let other):
            bytes = Data(other)
            end = other.count
        case .altered: bytes[bytes.count / 2] ^= 1
        case .cut(let count): end = count
        }
        guard bytes.count <= request.maximumLength else {
            throw Refusal(CoreCode.tooLarge, found.path, expected: "at most \(request.maximumLength) bytes")
        }
        try Array(bytes.prefix(end)).withUnsafeBytes(receive)
        if end < bytes.count { throw Self.failure(.truncated, request.url) }
        return .complete
    }

    private static func failure(_ fault: TransferFault, _ url: String) -> Failure {
        Failure(.network, "no answer", at: url, cause: fault)
    }
}

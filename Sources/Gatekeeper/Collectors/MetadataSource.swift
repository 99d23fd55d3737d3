// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import Transport
import TrustCore

/// The mirror that a channel's metadata, or a Sigstore instance's, is read from just now, and its time for it.
///
/// The trust store is locked while metadata is fetched. A mirror that sends a byte now and then would otherwise
/// keep every other process waiting; what takes longer than the given time is a failure, and the next mirror is
/// tried. Files that are not metadata are fetched without the lock, and have all the time they need.
final class MetadataSource: Fetcher {
    /// The channel's own address.
    let canonical: String
    /// Where the metadata is.
    let metadataURL: String
    private let subject: String
    private let time: Duration
    private let uptime: @Sendable () -> Duration
    private let state: Mutex<(mirror: BoundMirror, start: Duration)>
    /// Metadata of an earlier refresh, which answers in place of the mirror; nil to ask the mirror for all.
    private let held: HeldMetadata?

    /// - Parameters:
    ///   - folder: the metadata's folder below the channel, with slashes at both ends.
    ///   - subject: Whose metadata it is, for messages.
    ///   - uptime: How long ago some moment was, by a clock that only goes forward.
    ///   - held: Metadata of an earlier refresh, which answers in place of the mirror.
    init(
        _ mirror: BoundMirror,
        folder: String = "/tuf/",
        of subject: String = "the channel",
        held: HeldMetadata? = nil,
        time: Duration,
        uptime: @escaping @Sendable () -> Duration
    ) {
        canonical = mirror.canonical
        metadataURL = mirror.canonical + folder
        self.subject = subject
        self.held = held
        self.time = time
        self.uptime = uptime
        state = Mutex((mirror, uptime()))
    }

    /// Asks another mirror from now on, or the same one for something else; its time begins.
    func turn(to mirror: BoundMirror) { state.withLock { $0 = (mirror, uptime()) } }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let (mirror, start) = state.withLock { $0 }
        if let answer = try held?.answer(request.url, below: metadataURL, receive: receive) { return answer }
        guard request.url.utf8.starts(with: metadataURL.utf8) else {
            return try await mirror.fetch(request, receive: receive)
        }
        let left = time - (uptime() - start)
        guard left > .zero else { throw tooSlow(mirror, nil) }
        var hurried = request
        hurried.timeout = min(left, request.timeout ?? left)
        do {
            return try await mirror.fetch(hurried, receive: receive)
        } catch let failure as Failure
            where (failure.cause as? TransferFault) == .timeout && uptime() - start >= time
        {
            throw tooSlow(mirror, failure)
        } catch let failure as Failure
            where (failure.cause as? TransferFault) == .status(403) && isRoot(request.url)
        {
            // TUF 5.3.3: object stores hide absence behind 403.
            return .notFound
        }
    }

    /// Whether it is some version of a root: the one thing that need not be there.
    private func isRoot(_ url: String) -> Bool {
        let name = url.utf8.dropFirst(metadataURL.utf8.count)
        return name.drop { (0x30...0x39).contains($0) }.elementsEqual(".root.json".utf8)
    }

    /// Not a time-out like another, after which the same mirror would be asked again.
    private func tooSlow(_ mirror: BoundMirror, _ failure: Failure?) -> Failure {
        Failure(
            .network,
            "the metadata of \(subject) took longer than \(time)",
            at: failure?.location ?? mirror.name,
            remedy: "try another mirror",
            cause: TransferFault.slow
        )
    }
}

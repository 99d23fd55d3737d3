// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import TrustCore

/// Which index of each form of a subdir was confirmed last, and beside which one of the other form.
///
/// Nobody signs that shards and whole index are of one moment. But if each was confirmed when the other was at hand as it
/// still is, the channel had both at a time, unless it went back and forth. So once one changes, the other counts no more
/// until it was asked for again.
///
/// Processes that share a home share it by what they remember there. Where a client's credentials go along, it is each
/// instance's own: what one was shown is not for another one.
final class SubdirForms: Sendable {
    /// An index that a channel showed.
    struct Confirmed: Sendable, Equatable {
        let digest: Digest
        /// The index of the other form that was known before this one was asked for.
        let beside: Digest?
    }

    private struct Read {
        let stamp: FileStamp
        let confirmed: Confirmed?
    }

    private let folder: String
    private let isPrivate: Bool
    private let own = Mutex<[ProxiedForm: Confirmed]>([:])
    /// What stands in files, read when they are others than before.
    private let read = Mutex<[ProxiedForm: Read]>([:])

    init(_ subdir: Subdir, _ configuration: ObservedConfiguration) {
        folder = ObservedSubdir.folder(of: subdir, configuration)
        isPrivate = configuration.isPrivate
    }

    /// The file in which a form is remembered.
    func stateFile(_ form: ProxiedForm) -> String {
        let name = form == .text ? "state" : "shards"
        return "\(folder)/\(name)\(isPrivate ? "-private" : "").json"
    }

    /// What was confirmed last; nil if nothing was, or it is not readable.
    func confirmed(_ form: ProxiedForm) -> Confirmed? {
        guard !isPrivate else { return own.withLock { $0[form] } }
        let path = stateFile(form)
        // Before it is read: who writes meanwhile is noticed the next time.
        guard let stamp = FileStamp(path) else { return nil }
        if let known = read.withLock({ $0[form] }), known.stamp == stamp { return known.confirmed }
        let found = ObservedState(kept: path).map { Confirmed(digest: $0.digest, beside: $0.beside) }
        read.withLock { $0[form] = Read(stamp: stamp, confirmed: found) }
        return found
    }

    /// Notes what the channel showed to this instance.
    func note(_ form: ProxiedForm, _ state: ObservedState) {
        own.withLock { $0[form] = Confirmed(digest: state.digest, beside: state.beside) }
        read.withLock { $0[form] = nil }
    }

    /// Whether this instance may show what is remembered: always, unless it was fetched with somebody's credentials.
    func mayShow(_ form: ProxiedForm, _ digest: Digest) -> Bool {
        !isPrivate || own.withLock { $0[form]?.digest == digest }
    }

    /// Whether an index is the one that was confirmed last, with the other form's as it is now at hand.
    func isSettled(_ form: ProxiedForm, on digest: Digest) -> Bool {
        guard let confirmed = confirmed(form), confirmed.digest == digest else { return false }
        return confirmed.beside == self.confirmed(form.other)?.digest
    }
}

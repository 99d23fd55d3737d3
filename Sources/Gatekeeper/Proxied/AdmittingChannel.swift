// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// A channel of somebody else's, of which only admitted bytes are passed on.
///
/// For implementers: nothing that failed a check is kept, so that a channel heals as soon as what is behind it does; a
/// view that was given out stays whole, whatever is fetched later.
public protocol AdmittingChannel: Sendable {
    /// Its canonical address: its identity, whatever mirror its files come from.
    var url: ChannelURL { get }

    /// The newest verified view. What is behind the channel is asked if the view at hand is not fresh any more; if that
    /// does not answer, the last view is given as long as it is good, marked as stale.
    ///
    /// - Throws: a `Refusal` where evidence is bad and no mirror gave better, or the last view is good no longer; a
    ///   `Failure` where there never was one, and none could be had.
    func view() async throws -> UpstreamView

    /// Verifies everything about a package as a client would, and fetches it unless it is at hand.
    ///
    /// - Returns: the package, or a verdict that says why it is refused.
    /// - Throws: a `Refusal` where evidence is bad, a `Failure` where it could not be had.
    func admit(_ file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws -> Admission

    /// The attestations beside a package (CEP 50), byte for byte as the index promises them; nil if it promises none.
    ///
    /// Whether they are valid, and of whom, is not checked here.
    func sidecar(of file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws -> [UInt8]?
}

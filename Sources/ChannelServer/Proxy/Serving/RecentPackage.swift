// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Gatekeeper
internal import HTTPTypes
internal import TrustCore

/// A package that was found, how it is presented, and all that this rests on.
struct RecentPackage: Sendable {
    /// What is in force while something is looked for. It is taken before that begins.
    struct Moment: Sendable, Equatable {
        /// Changes whenever a channel is to be opened anew.
        let channels: UInt64
        /// What hides files.
        let policy: Digest
    }

    /// For how many seconds a package counts at most, whatever else says so: the cache must hear that its file is in use.
    static let longest: Int64 = 60

    let resource: ServedResource
    /// Where its file is.
    let archivePath: String
    /// What the answer says of it besides.
    let fields: [(HTTPField.Name, String)]
    private let moment: Moment
    private let view: UpstreamView
    private let admission: AdmissionStanding
    private let since: Timestamp

    /// - Parameters:
    ///   - moment: when looking for it began.
    ///   - view: by which it was found.
    ///   - admission: by which it was admitted.
    init(
        _ resource: ServedResource,
        at archivePath: String,
        _ fields: [(HTTPField.Name, String)],
        since moment: Moment,
        _ view: UpstreamView,
        _ admission: AdmissionStanding
    ) {
        self.resource = resource
        self.archivePath = archivePath
        self.fields = fields
        self.moment = moment
        self.view = view
        self.admission = admission
        since = resource.modified
    }

    /// Whether whoever asks for it now in the long way would find the same: the view is the one that would be given, nothing
    /// that was signed is over, no channel was opened anew, the policy hides the same, and nobody touched the file.
    func holds(at now: Timestamp, _ moment: Moment?) -> Bool {
        since <= now && now < since.advanced(bySeconds: Self.longest) && moment == self.moment
            && view.isNewest(at: now) && admission.holds(at: now)
    }
}

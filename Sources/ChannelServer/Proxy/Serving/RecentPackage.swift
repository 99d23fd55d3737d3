// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Gatekeeper
internal import HTTPTypes
internal import TrustCore

/// A package that was found, how it is presented, and all that this rests on.
final class RecentPackage: Sendable {
    /// What is in force while something is looked for. It is taken before that begins.
    struct Moment: Sendable, Equatable {
        /// Changes whenever a channel is to be opened anew.
        let channels: UInt64
        /// What hides files.
        let policy: Digest
    }

    /// For how many seconds a package counts at most, whatever else says so: the cache must hear that its file is in use.
    static let longest: Int64 = 60

    /// How it is presented, and what the answer says of it besides.
    let resource: ServedResource
    let fields: [(HTTPField.Name, String)]
    /// Where its file is.
    let archivePath: String
    /// The fields of the answers to requests for all of it, and of those that say that there is no need.
    let whole: HTTPFields
    let notModified: HTTPFields
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
        let said = fields.map { HTTPField(name: $0.0, value: $0.1) }
        whole = resource.fieldsWithoutTime + resource.fieldsOfWhole + said
        notModified = resource.fieldsWithoutTime + said
    }

    /// Whether whoever asks for it now in the long way would find the same: the view is the one that would be given, nothing
    /// that was signed is over, no channel was opened anew, the policy hides the same, and nobody touched the file.
    func holds(at now: Timestamp, _ moment: Moment?) -> Bool {
        since <= now && now < since.advanced(bySeconds: Self.longest) && moment == self.moment
            && view.isNewest(at: now) && admission.holds(at: now)
    }
}

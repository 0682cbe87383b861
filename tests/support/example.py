"""Small plans that tests of the main job begin with."""

PLAN = """\
# Implementation Plan: Parcel tracking

**Feature ID:** 021-parcels
**Status:** Draft

## 2. Component Design

### 2.1 New Components

#### Component: ParcelFeed

- **Purpose:** Reads the carrier's feed
- **Location:** `parcels/feed.py`

## 4. API Contracts

### 4.2 Modified Endpoints

#### GET /parcels

- **Current behavior:** lists all parcels
- **New behavior:** lists a page of them
- **Breaking:** Yes

## 5. Implementation Phases

### Phase 1: Reading

- **Goal:** Parcels are known
- **Tasks:**
  - [ ] Read the carrier's feed in `parcels/feed.py`
    - [ ] Keep the raw message
    - Note the time of arrival
  - [ ] Store parcels with their last state
  - [ ] Answer `GET /parcels` by pages
- **Deliverable:** A parcel is found by its number

### Phase 2: Telling

- **Goal:** Customers know where their parcel is
- **Dependencies:** Phase 1
- **Tasks:**
  - [ ] Send a message on every change of state
  - [ ] Show the way of the parcel on a map
- **Deliverable:** A customer sees the parcel move

## 7. Risks and Mitigations

| Risk | Likelihood | Impact | Mitigation |
| --- | --- | --- | --- |
| The carrier changes its feed | M | H | Keep raw messages; alarm on unknown fields |
| Messages annoy customers | L | L | Let them choose |

## 8. Open Questions

- Which carriers come after the first?
"""
FEED = "Read the carrier's feed"
STORE = "Store parcels"
PAGES = "Answer `GET /parcels`"
SEND = "Send a message"
MAP = "Show the way"
TITLES = (
    "Read the carrier's feed in `parcels/feed.py`",
    "Store parcels with their last state",
    "Answer `GET /parcels` by pages",
    "Send a message on every change of state",
    "Show the way of the parcel on a map",
)

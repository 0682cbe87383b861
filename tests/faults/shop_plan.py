"""A plan of twelve tasks in three phases, with boxes, and what a day's work does to it."""

PLAN = """\
# Implementation Plan: Bicycle rental desk

**Feature ID:** 031-rental-desk
**Status:** Draft

## 5. Implementation Phases

### Phase 1: Counting bicycles

- **Goal:** The desk knows which bicycles are in the yard
- **Tasks:**
  - [ ] Give every bicycle a number and a place
    - [ ] Print the numbers as labels
  - [ ] Book bicycles out and in
  - [ ] List what is out since yesterday
  - [ ] Export the list for the owner
- **Deliverable:** The evening count agrees with the yard

### Phase 2: Taking payments

- **Goal:** Rent and deposit are booked where they are paid
- **Dependencies:** Phase 1
- **Tasks:**
  - [ ] Take the deposit by card
  - [ ] Give the deposit back, less what is broken
  - [ ] Write the receipt in the customer's language
  - [ ] Close the till in the evening
- **Deliverable:** Till and bookings differ by nothing

### Phase 3: Booking ahead

- **Goal:** Customers book a bicycle for another day
- **Dependencies:** Phases 1-2
- **Tasks:**
  - [ ] Show which bicycles are free on a day
  - [ ] Keep a bicycle for a customer
  - [ ] Remind customers the day before
  - [ ] Release bicycles that nobody fetched
- **Deliverable:** Half of Saturday is booked by Friday

## 7. Risks and Mitigations

| Risk | Likelihood | Impact | Mitigation |
| --- | --- | --- | --- |
| The card terminal loses its network | M | H | Take cash; book it later |
| Two desks promise one bicycle | L | M | One booking at a time for each bicycle |
"""

TASKS_OF_PHASE_1 = (1, 2, 3, 4)
EDITS = (
    ("[ ] Take the deposit by card", "[x] Take the deposit by card"),
    (
        "  - [ ] Write the receipt in the customer's language",
        "  - [ ] Write the receipt in the customer's own language",
    ),
    ("  - [ ] Remind customers the day before", ""),
    ("  - [ ] Keep a bicycle for a customer", "  - [ ] Lend helmets with it\n  - [ ] Keep a bicycle for a customer"),
    ("The card terminal loses its network", "The card terminal loses its mobile network"),
)
"""Ticked, reworded, deleted, added; replaced in this order, with the link that may follow."""

SECOND_THOUGHTS = (
    ("[x] Take the deposit by card", "[ ] Take the deposit by card"),
    ("[x] Book bicycles out and in", "[ ] Book bicycles out and in"),
    (
        "  - [ ] Release bicycles that nobody fetched",
        "  - [ ] Remind customers the day before\n  - [ ] Release bicycles that nobody fetched",
    ),
    ("  - [ ] Close the till in the evening", "  - [ ] ~~Close the till in the evening~~"),
    ("**Status:** In Progress", "**Status:** Done"),
    ("### Phase 3: Booking ahead", "### Phase 3: Booking for another day"),
)
"""Unticked twice, put back without its link, struck out, a Status that is not so, a phase renamed."""
